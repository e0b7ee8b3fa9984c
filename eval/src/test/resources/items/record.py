"""Writes the Parquet files of these tests with pyarrow 25.0.1; the contents are ours."""
import pyarrow as pa
import pyarrow.parquet as pq

N = 700
table = pa.table({
    "id": [f"item-{i}" for i in range(N)],
    "question": [f"What is {i} + {i}? " + "é漢" * (i % 5) for i in range(N)],
    "answer": pa.array([2 * i for i in range(N)], pa.int64()),
    "small": pa.array([i % 7 for i in range(N)], pa.int32()),
    "share": pa.array([i / 8 for i in range(N)], pa.float64()),
    "image": ["" if i % 3 else "data:image/png;base64,AAAA" for i in range(N)],
    "hint": [None if i % 4 == 0 else f"hint {i % 11}" for i in range(N)],
    "easy": [i % 2 == 0 for i in range(N)],
    "nested": [[f"a{i}", f"b{i}"] for i in range(N)],
    "picture": pa.array([{"bytes": b"x", "path": "y"} for i in range(N)]),
})
for name, how in {
    "snappy-v1": dict(compression="snappy", data_page_version="1.0"),
    "gzip-v2": dict(compression="gzip", data_page_version="2.0"),
    "plain": dict(compression="none", use_dictionary=False),
    "snappy-v2-pages": dict(compression="snappy", data_page_version="2.0", data_page_size=512,
                            row_group_size=150, write_batch_size=64),
    "zstd": dict(compression="zstd"),
}.items():
    how.setdefault("row_group_size", 400)
    pq.write_table(table, f"{name}.parquet", **how)
