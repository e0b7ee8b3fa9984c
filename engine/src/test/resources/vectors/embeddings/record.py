"""Records what transformers makes of token ids: pooled, L2-normalised hidden states behind the last norm, in float64.

    python record.py > expected.json        # transformers 5.18.0, torch 2.13.0
"""
import json
import pathlib

import torch
from transformers import AutoModel

torch.set_grad_enabled(False)
VECTORS = pathlib.Path(__file__).parent.parent
TEXTS = [[1, 17, 50, 33, 5, 90, 41, 12], [7], list(range(3, 90, 2)), [1] + [(i * 37 + 11) % 96 for i in range(70)]]


def pooled(states, how):
    vector = {"mean": states.mean(0), "first": states[0], "last": states[-1]}[how]
    return (vector / vector.norm()).tolist()


cases = []
for name in ["tiny-text-a", "tiny-qwen3"]:
    model = AutoModel.from_pretrained(VECTORS / name, dtype=torch.float64, attn_implementation="eager").eval()
    for text in TEXTS:
        states = model(torch.tensor([text])).last_hidden_state[0]
        for how in ["mean", "first", "last"]:
            vector = [float(f"{value:.8g}") for value in pooled(states, how)]
            cases.append({"model": name, "tokens": text, "pooling": how, "vector": vector})
print("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]")
