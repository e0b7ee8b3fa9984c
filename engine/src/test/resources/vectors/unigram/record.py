#!/usr/bin/env python3
"""Makes small unigram vocabularies and records what the reference libraries make of texts.

Needs sentencepiece and tokenizers; run it in this folder of a checkout. Writes, for each model: `NAME.spm.json`, what a GGUF file
holds of it, with the ids of sentencepiece; and `NAME.FLAVOUR.json`, a tokenizer.json in one of the ways that published models have,
with the ids of tokenizers in `encode.json`. The charsmap of nmt_nfkc stands in nmt_nfkc.gz and in no other file.
"""
import base64, glob, gzip, io, json, random, re, unicodedata
import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as pb
from tokenizers import Tokenizer, AddedToken, Regex, models, normalizers as N, pre_tokenizers as P

ROOT = "../../../../../../"
LINES = """Le vent du nord souffle depuis trois jours ; la mer est d'un bleu dur, presque noir.
Die Prüfung der Rechnung ergab 1.234,56 € — nicht 1.243,65 €. Что делать дальше? Кто виноват?
東京タワーの高さは333メートルです。 山の上に雲がある。 我们今天去海边看日落,你们也来吧。
The train leaves at 9:40 and arrives at 13:15, so the trip takes 3 h 35 min. Where was the difficulty?
שלום לכולם, מה שלומכם היום? كيف حالك اليوم؟ नमस्ते, आप कैसे हैं? สวัสดีครับ วันนี้อากาศดี 한국어 문장을 하나 더 써 봅시다.
El cielo está despejado y sopla viento del norte. Łódź, Kraków i Gdańsk. Čeština má háčky a čárky. Tiếng Việt có dấu.
""" * 3
NASTY = ("abAZ éÉ ßſK’ e\u0301 o\u0302\u0301 \u0301 ｅ\u0301 ｆ ﬁ ﬃ ﷺ ① ½ Ⅷ ™ ℃ ㌔ ㍿ ｶﾞ ｶ ﾞ か\u3099 가 가 각 ᄀ ᅡ ᆨ "
         "\u00a0 \u2003 \u3000 \t \r\n \n\n \u200b \u200d \ufeff \u00ad \u2028 \u0085 \u0001 \u007f ▁ ▁▁ \u2026 … “ ” — ㈱ 👩‍👩‍👧 👍🏽 🇫🇷 ☃\ufe0f 𝐀 𝟘 𐐀 Ω Å İ ı Σ ς "
         "中 文 ا لا \u0644\u0627 שׁ \u05e9\u05c1 क् ษ 0 1 . , ! ? ' `` '' \" # � \ud7ff").split(" ")


def texts():
    r = random.Random(20261125)
    out = ["", " ", "   ", "▁", " ▁ ", "a", " a", "a ", "  a  b  ", "\n", "a\r\nb", "Hello, world!", "`` quoted '' text", "x" * 80, "ab" * 40,
           "zqxj" * 10, "中文中文" * 8, "Don't STOP", "ИЗМЕНИТЬ İstanbul ΣΟΦΟΣ"]
    out += [line for line in LINES.splitlines()[:6]]
    out += [unicodedata.normalize("NFD", line) for line in LINES.splitlines()[:6]]
    words = re.findall(r"\w+|\W+", LINES[: len(LINES) // 3])
    for _ in range(110):
        out.append("".join(r.choice(NASTY if r.random() < 0.5 else words) + (" " * r.randrange(3) if r.random() < 0.4 else "")
                           for _ in range(1 + r.randrange(12))))
    return list(dict.fromkeys(out))


def train(name, **options):
    corpus = LINES.splitlines() * 4 + [line for f in sorted(glob.glob(ROOT + "docs/adr/*.md")) for line in open(f, encoding="utf-8").read().splitlines()]
    model = io.BytesIO()
    spm.SentencePieceTrainer.train(sentence_iterator=iter(corpus), model_writer=model, model_type="unigram", minloglevel=2, num_threads=1,
                                   hard_vocab_limit=False, **options)
    proto = pb.ModelProto.FromString(model.getvalue())
    return spm.SentencePieceProcessor(model_proto=model.getvalue()), proto


def flavours(proto, charsmap):
    """Ways to write the tokenizer.json, as transformers' converters and published files have them."""
    pre = [N.Precompiled(charsmap)] if charsmap else []
    ends = [N.Strip(left=False, right=True), N.Replace(Regex(" {2,}"), "▁")]
    meta = lambda scheme, split=True: P.Metaspace(replacement="▁", prepend_scheme=scheme, split=split)
    yield "always", N.Sequence(pre + ends), meta("always")
    yield "first", N.Sequence(pre + ends), meta("first")
    yield "t5", N.Sequence(pre) if pre else None, P.Sequence([P.WhitespaceSplit(), meta("always")])
    yield "albert", N.Sequence([N.Replace("``", '"'), N.Replace("''", '"'), N.NFKD(), N.StripAccents(), N.Lowercase()] + pre
                               + [N.Replace(Regex(" {2,}"), " ")]), P.Sequence([P.WhitespaceSplit(), meta("always")])
    yield "nmt", N.Sequence([N.Nmt(), N.NFKC(), N.Strip(), N.Replace(Regex(" {2,}"), " ")]), meta("always", False)
    yield "bare", N.Sequence([N.NFC(), N.Prepend("▁"), N.Replace(" ", "▁")]), None


def main():
    T = texts()
    encode = {"texts": T, "recorded": "sentencepiece %s, tokenizers %s, by record.py" % (spm.__version__, __import__("tokenizers").__version__),
              "sentencepiece": {}, "tokenizers": {}, "templates": {}}
    symbols = ["<sep>", "<|im_end|>"]
    for name, options in {
        "nfkc": dict(vocab_size=420, normalization_rule_name="nmt_nfkc", user_defined_symbols=symbols, character_coverage=0.98),
        "bytes": dict(vocab_size=620, normalization_rule_name="identity", byte_fallback=True, remove_extra_whitespaces=False,
                      allow_whitespace_only_pieces=True, user_defined_symbols=symbols, character_coverage=0.98),
    }.items():
        sp, proto = train(name, **options)
        charsmap = proto.normalizer_spec.precompiled_charsmap
        if charsmap:
            with open("nmt_nfkc.gz", "wb") as f:
                f.write(gzip.compress(charsmap, mtime=0))
        json.dump({"tokens": [p.piece for p in proto.pieces], "scores": [p.score for p in proto.pieces], "types": [p.type for p in proto.pieces],
                   "add_space_prefix": proto.normalizer_spec.add_dummy_prefix, "charsmap": bool(charsmap),
                   "remove_extra_whitespaces": proto.normalizer_spec.remove_extra_whitespaces}, open(name + ".spm.json", "w"), ensure_ascii=False)
        plain = [t for t in T if not any(s in t for s in symbols)]
        assert plain == T
        encode["sentencepiece"][name] = [sp.encode(t) for t in T]
        vocab = [(p.piece, p.score) for p in proto.pieces]
        for flavour, normalizer, cut in flavours(proto, charsmap):
            t = Tokenizer(models.Unigram(vocab, unk_id=proto.trainer_spec.unk_id, byte_fallback=proto.trainer_spec.byte_fallback))
            if normalizer is not None:
                t.normalizer = normalizer
            if cut is not None:
                t.pre_tokenizer = cut
            t.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in ("<unk>", "<s>", "</s>")])
            t.add_tokens([AddedToken(s, special=False, normalized=False) for s in symbols])
            key = name + "." + flavour
            encode["tokenizers"][key] = [t.encode(x, add_special_tokens=False).ids for x in T]
            encode["templates"][key] = [{"text": x, "ids": t.encode(x, add_special_tokens=False).ids} for x in
                                        ("<s>The train<sep>leaves <|im_end|> at  9:40</s>", "<sep> a<sep>b", "Le vent <sep><sep>du nord")]
            text = json.dumps(json.loads(t.to_str()), ensure_ascii=False, separators=(",", ":"))
            if charsmap:
                text = text.replace(base64.b64encode(charsmap).decode(), "nmt_nfkc.gz")
            open(key + ".json", "w").write(text)
    json.dump(encode, open("encode.json", "w"), ensure_ascii=False, separators=(",", ":"))


main()
