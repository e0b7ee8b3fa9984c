"""PyTorch's side of RolloutBench: 64 completions of 110 tokens behind prompts of 64, drawn at
temperature 1 with their log-probabilities, with a key-value cache, from random weights of 6.6
million parameters.

    pip install torch==2.13.0 transformers==5.18.0
    python rollouts.py [--threads 1] [--batches 3] [--dtype float32|bfloat16]
    python rollouts.py --model nano/src/main/weights/nano --prompts FILE [...]

`plain` is a decoder of a few modules that writes into a cache of its final size. `transformers` is
`generate` of Hugging Face's Mistral, which is what trainers in Python call; it is left out where
the library is absent. With a model and the prompts that NanoRolloutBench prints, it is PyTorch's
side of that one: eight completions of each prompt, 64 at a time (or as many as `--together` says),
until the last of them has ended. `--dtype bfloat16` computes all of the network so, where
RolloutBench only rounds what is multiplied.
"""

import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F

DIM, LAYERS, HEADS, KV_HEADS, HEAD_DIM, HIDDEN, VOCAB = 256, 8, 8, 2, 32, 768, 2048
SEQUENCES, PROMPT, COMPLETION = 64, 64, 110
CONTEXT = PROMPT + COMPLETION
THETA = 10_000


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.before_attention = nn.RMSNorm(DIM, eps=1e-5)
        self.before_hidden = nn.RMSNorm(DIM, eps=1e-5)
        self.qkv = nn.Linear(DIM, (HEADS + 2 * KV_HEADS) * HEAD_DIM, bias=False)
        self.out = nn.Linear(HEADS * HEAD_DIM, DIM, bias=False)
        self.gate_up = nn.Linear(DIM, 2 * HIDDEN, bias=False)
        self.down = nn.Linear(HIDDEN, DIM, bias=False)

    def forward(self, x, cos, sin, keys, values, begin):
        batch, steps, _ = x.shape
        end = begin + steps
        heads = self.qkv(self.before_attention(x)).view(batch, steps, -1, HEAD_DIM).transpose(1, 2)
        q, k, v = heads.split([HEADS, KV_HEADS, KV_HEADS], 1)
        keys[:, :, begin:end] = turned(k, cos, sin)
        values[:, :, begin:end] = v
        attended = F.scaled_dot_product_attention(
            turned(q, cos, sin),
            keys[:, :, :end],
            values[:, :, :end],
            is_causal=steps > 1,
            enable_gqa=True,
        )
        x = x + self.out(attended.transpose(1, 2).reshape(batch, steps, -1))
        gate, up = self.gate_up(self.before_hidden(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def turned(x, cos, sin):
    """Rotary positions, halves split."""
    left, right = x.chunk(2, -1)
    return torch.cat((left * cos - right * sin, right * cos + left * sin), -1)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, DIM)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(DIM, eps=1e-5)
        speeds = THETA ** (-torch.arange(0, HEAD_DIM, 2, dtype=torch.float32) / HEAD_DIM)
        angles = torch.arange(CONTEXT, dtype=torch.float32)[:, None] * speeds
        dtype = torch.get_default_dtype()
        self.cos, self.sin = angles.cos().to(dtype), angles.sin().to(dtype)

    @torch.inference_mode()
    def sample(self, prompts):
        shape = (LAYERS, SEQUENCES, KV_HEADS, CONTEXT, HEAD_DIM)
        keys, values = torch.zeros(shape), torch.zeros(shape)
        tokens, begin, said, sureness = prompts, 0, [], []
        for _ in range(COMPLETION):
            end = begin + tokens.shape[1]
            x = self.embedding(tokens)
            for i, layer in enumerate(self.layers):
                x = layer(x, self.cos[begin:end], self.sin[begin:end], keys[i], values[i], begin)
            logits = F.linear(self.norm(x[:, -1]), self.embedding.weight)
            log_probs = F.log_softmax(logits, -1, dtype=torch.float32)
            tokens = torch.multinomial(log_probs.exp(), 1)
            said.append(tokens)
            sureness.append(log_probs.gather(1, tokens))
            begin = end
        return torch.cat(said, 1), torch.cat(sureness, 1)


def transformers_sample():
    from transformers import GenerationConfig, MistralConfig, MistralForCausalLM

    config = MistralConfig(
        vocab_size=VOCAB,
        hidden_size=DIM,
        intermediate_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        head_dim=HEAD_DIM,
        max_position_embeddings=512,
        sliding_window=None,
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=None,
        bos_token_id=None,
    )
    model = MistralForCausalLM(config).eval()
    drawing = GenerationConfig(
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        max_new_tokens=COMPLETION,
        pad_token_id=0,
        eos_token_id=None,
        return_dict_in_generate=True,
        output_logits=True,
    )

    @torch.inference_mode()
    def sample(prompts):
        made = model.generate(
            prompts, attention_mask=torch.ones_like(prompts), generation_config=drawing
        )
        tokens = made.sequences[:, PROMPT:]
        log_probs = F.log_softmax(torch.stack(made.logits, 1), -1, dtype=torch.float32)
        return tokens, log_probs.gather(2, tokens[..., None])[..., 0]

    return sample


def measure_model(folder, file, together, batches):
    from transformers import GenerationConfig, MistralForCausalLM

    model = MistralForCausalLM.from_pretrained(folder, dtype=torch.get_default_dtype()).eval()
    end = model.config.eos_token_id
    assert end == 2, "</s> of Tekken's vocabularies, where nano stops"
    drawing = GenerationConfig(
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        max_new_tokens=512,
        pad_token_id=end,
        eos_token_id=end,
        return_dict_in_generate=True,
        output_logits=True,
    )
    with open(file, encoding="utf-8") as lines:
        prompts = [json.loads(line) for line in lines]

    @torch.inference_mode()
    def sample(some):
        """Eight completions of some prompts, and how many tokens of them count."""
        longest = max(map(len, some))
        rows = [[end] * (longest - len(p)) + p for p in some for _ in range(8)]
        mask = [[0] * (longest - len(p)) + [1] * len(p) for p in some for _ in range(8)]
        made = model.generate(
            torch.tensor(rows), attention_mask=torch.tensor(mask), generation_config=drawing
        )
        tokens = made.sequences[:, longest:]
        for step, logits in enumerate(made.logits):
            logits = logits.float()
            logits.gather(1, tokens[:, step : step + 1]) - logits.logsumexp(1, keepdim=True)
        ended = (tokens == end).int().cumsum(1).clamp(max=1).sum(1)
        return int((tokens.shape[1] - ended + (ended > 0).int()).sum())

    groups = together // 8
    sample(prompts[:groups])  # warms up
    for _ in range(batches):
        begin, busy, count = time.perf_counter(), time.process_time(), 0
        for first in range(0, len(prompts), groups):
            count += sample(prompts[first : first + groups])
        seconds, busy = time.perf_counter() - begin, time.process_time() - busy
        print(
            f"model: {count} tokens, {count / seconds:.0f} tokens/s, "
            f"{count / busy:.0f} a processor second"
        )


def measure(name, sample, batches):
    for batch in range(batches + 1):
        prompts = torch.randint(1, VOCAB, (SEQUENCES, PROMPT))
        begin, busy = time.perf_counter(), time.process_time()
        tokens, log_probs = sample(prompts)
        seconds, busy = time.perf_counter() - begin, time.process_time() - busy
        assert tokens.shape == log_probs.shape == (SEQUENCES, COMPLETION)
        if batch > 0:  # the first one warms up
            count = tokens.numel()
            print(f"{name}: {count / seconds:.0f} tokens/s, {count / busy:.0f} a processor second")


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--batches", type=int, default=3)
    options.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    options.add_argument("--model", help="a folder in Hugging Face's layout")
    options.add_argument("--prompts", help="a file of token ids, a JSON list a line")
    options.add_argument("--together", type=int, default=64, help="completions of a model's batch")
    chosen = options.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.set_default_dtype(getattr(torch, chosen.dtype))
    torch.manual_seed(1)
    print(f"torch {torch.__version__}, {chosen.threads} threads, {chosen.dtype}")
    if chosen.model:
        measure_model(chosen.model, chosen.prompts, chosen.together, chosen.batches)
        return
    measure("plain", Plain().eval().sample, chosen.batches)
    try:
        sample = transformers_sample()
    except ImportError:
        print("transformers: not installed, left out")
        return
    measure("transformers", sample, chosen.batches)


if __name__ == "__main__":
    main()
