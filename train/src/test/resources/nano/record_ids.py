"""Records how mistral-common 1.12.0 (and with it tiktoken) encodes the texts of texts.txt with the
vocabulary that BytePairTrainerTest learns from them:

    python record_ids.py tekken.json texts.txt > ids.json

tekken.json is what the test writes where the property tramontane.keep names a folder.
"""
import json
import sys

from mistral_common.tokens.tokenizers.tekken import Tekkenizer

tokenizer = Tekkenizer.from_file(sys.argv[1])
lines = open(sys.argv[2], encoding="utf-8").read().splitlines()
print(
    json.dumps(
        {
            "recorded": "mistral-common 1.12.0, record_ids.py",
            "specials": tokenizer.num_special_tokens,
            "words": tokenizer.n_words,
            "ids": [tokenizer.encode(line, bos=False, eos=False) for line in lines],
        }
    )
)
