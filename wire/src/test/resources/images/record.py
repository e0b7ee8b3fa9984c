"""Writes cases.json: small image files, and what Pillow sees of each of them on white.

Recorded with Pillow 12.3 beside the project; never run by its build. `close` says by how much a channel may differ, at
most and on average: decoders of lossy formats interpolate colours in more than one way.
"""
import base64, io, json, random, struct, zlib
from PIL import Image, ImageOps

random.seed(7)
W, H = 23, 17


def gradient(mode="RGB", w=W, h=H):
    image = Image.new("RGBA", (w, h))
    for y in range(h):
        for x in range(w):
            alpha = 255 if mode == "RGB" else (x * 11 + y * 5) % 256
            image.putpixel((x, y), (x * 255 // w, y * 255 // h, (x * y * 3) % 256, alpha))
    return image if mode == "RGBA" else image.convert(mode)


def smooth():
    return Image.radial_gradient("L").resize((64, 48)).convert("RGB").rotate(20, fillcolor=(10, 200, 90))


def file(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(w, h, depth, colour, rows, extra=b"", interlace=0):
    """rows: bytes of each row, without filters, in the order in which the file has them"""
    data = b"".join(b"\0" + row for row in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, interlace)) + extra
            + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def noise(n):
    return bytes(random.randrange(256) for _ in range(n))


def adam7(image):
    rows = []
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for y in range(y0, image.height, dy):
            row = b"".join(bytes(image.getpixel((x, y))) for x in range(x0, image.width, dx))
            if row:
                rows.append(row)
    return png(image.width, image.height, 8, 2, rows, interlace=1)


def seen(data):
    image = Image.open(io.BytesIO(data))
    image.seek(0)
    image = ImageOps.exif_transpose(image)
    if image.mode == "I;16":  # Pillow cuts such values off at 255 instead of taking their upper half
        return Image.frombytes("L", image.size, image.tobytes()[1::2]).convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "WHITE")
    white.paste(image, (0, 0), image)
    return white.convert("RGB")


EXACT = (0, 0)
cases = []


def add(name, data, close=EXACT, expected=None):
    image = expected or seen(data)
    cases.append({"name": name, "file": base64.b64encode(data).decode(), "width": image.width, "height": image.height,
                  "close": close, "rgb": base64.b64encode(zlib.compress(image.tobytes(), 9)).decode()})


add("png rgb", file(gradient(), "PNG"))
add("png rgba", file(gradient("RGBA"), "PNG"))
add("png grey", file(gradient("L"), "PNG"))
add("png grey and alpha", file(gradient("LA"), "PNG"))
add("png palette", file(gradient("P"), "PNG"))
add("png bits", file(gradient().convert("1"), "PNG"))
add("png of one pixel", file(gradient(w=1, h=1), "PNG"))
add("png interlaced", adam7(gradient()))
add("png rgb of 16 bits", png(5, 4, 16, 2, [noise(30) for _ in range(4)]))
add("png rgba of 16 bits", png(5, 4, 16, 6, [noise(40) for _ in range(4)]))
add("png grey of 16 bits", png(5, 4, 16, 0, [noise(10) for _ in range(4)]))
add("png grey of 2 bits", png(8, 4, 2, 0, [noise(2) for _ in range(4)]))
add("png grey of 4 bits", png(8, 4, 4, 0, [noise(4) for _ in range(4)]))
add("png palette of 2 bits", png(8, 4, 2, 3, [noise(2) for _ in range(4)],
                                 chunk(b"PLTE", bytes(range(12))) + chunk(b"tRNS", b"\x80\0\xff")))
add("png with a transparent colour", png(3, 2, 8, 2, [b"\1\2\3\4\5\6\1\2\3", b"\7\7\7\1\2\3\1\2\4"],
                                         chunk(b"tRNS", b"\0\1\0\2\0\3")))
add("png with gamma and text", png(3, 2, 8, 2, [noise(9), noise(9)],
                                   chunk(b"gAMA", struct.pack(">I", 22000)) + chunk(b"tEXt", b"a\0b")))
JPEG = (4, 0.5)
SUBSAMPLED = (12, 1.5)
add("jpeg", file(smooth(), "JPEG", quality=92, subsampling=0), JPEG)
add("jpeg with colours at half size", file(smooth(), "JPEG", quality=92, subsampling=2), SUBSAMPLED)
add("jpeg progressive", file(smooth(), "JPEG", quality=92, subsampling=0, progressive=True), JPEG)
add("jpeg grey", file(smooth().convert("L"), "JPEG"), JPEG)
add("jpeg of ink", file(smooth().convert("CMYK"), "JPEG", quality=92), JPEG)
add("jpeg of rgb", file(smooth(), "JPEG", quality=92, keep_rgb=True), JPEG)
for way in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = way
    add(f"jpeg turned {way}", file(smooth(), "JPEG", quality=92, subsampling=0, exif=exif), JPEG)
exif = Image.Exif()
exif[0x0112] = 6
add("png turned 6", file(gradient(), "PNG", exif=exif))
add("webp turned 8", file(gradient(), "WEBP", lossless=True, exif=bytes(exif.tobytes()).replace(b"\x06\0", b"\x08\0", 1)))
WEBP = (48, 2)
add("webp", file(smooth(), "WEBP", quality=92), WEBP)
add("webp lossless", file(gradient(), "WEBP", lossless=True))
add("webp lossless with alpha", file(gradient("RGBA"), "WEBP", lossless=True, exact=True))
alpha = smooth().convert("RGBA")
alpha.putalpha(Image.linear_gradient("L").resize(alpha.size))
add("webp with alpha", file(alpha, "WEBP", quality=92, exact=True), WEBP)
frames = [gradient(), gradient().transpose(0)]
add("webp animated", file(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, duration=100))
add("gif", file(gradient("P"), "GIF"))
add("gif interlaced", file(gradient("P"), "GIF", interlace=1))
add("gif animated", file(gradient("P"), "GIF", save_all=True, append_images=[gradient().transpose(1).convert("P")], duration=90))
clear = gradient("P")
add("gif with a transparent colour", file(clear, "GIF", transparency=clear.getpixel((3, 3))))
small = bytearray(file(gradient("P", 6, 5), "GIF"))
small[6:10] = struct.pack("<HH", 12, 9)  # a screen larger than its first image, which lies at 4, 3
at = small.index(b"\x2c", 13 + 3 * (2 << (small[10] & 7)))
small[at + 1:at + 5] = struct.pack("<HH", 4, 3)
around = Image.new("RGB", (12, 9), "WHITE")
around.paste(Image.open(io.BytesIO(file(gradient("P", 6, 5), "GIF"))).convert("RGB"), (4, 3))
add("gif on a larger screen", bytes(small), EXACT, around)

with open("cases.json", "w") as out:
    out.write('{"meta": {"made_by": "record.py", "pillow": "12.3"}, "cases": [\n')
    out.write(",\n".join(json.dumps(case) for case in cases) + "\n]}\n")
