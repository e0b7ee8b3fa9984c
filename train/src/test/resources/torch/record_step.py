"""Records what PyTorch computes in two training steps of a tiny decoder, as step.json beside this file.

Run: python record_step.py   (torch 2.13, float64; nothing is downloaded)

Weights, tokens and samples come from a hash of their number, so that the test makes the same ones. Of every tensor
the file keeps eight values and three sums under hashed signs.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

DIM, LAYERS, HEADS, KV_HEADS, HEAD_DIM, HIDDEN, VOCAB = 32, 2, 4, 2, 16, 48, 40
EPS, THETA = 1e-5, 10000.0
LENGTHS = [7, 12, 5, 9]  # two groups of two completions; prompts take two tokens
PROMPT = 2
FORCED = {(1, 4), (3, 7)}  # (sequence, place)
ADVANTAGES = [1.25, -0.75, 0.5, -1.0]
LOW, HIGH = 0.2, 0.28


def hashed(n):
    """A number from 0 to 1, exact in float32: 24 bits of a multiplicative hash."""
    x = (n * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & (2**64 - 1)
    x ^= x >> 29
    x = (x * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    return (x >> 40) / 2**24


def parameters():
    shapes = {"model.embed_tokens.weight": (VOCAB, DIM)}
    for i in range(LAYERS):
        p = f"model.layers.{i}."
        shapes[p + "input_layernorm.weight"] = (DIM,)
        shapes[p + "self_attn.q_proj.weight"] = (HEADS * HEAD_DIM, DIM)
        shapes[p + "self_attn.k_proj.weight"] = (KV_HEADS * HEAD_DIM, DIM)
        shapes[p + "self_attn.v_proj.weight"] = (KV_HEADS * HEAD_DIM, DIM)
        shapes[p + "self_attn.o_proj.weight"] = (DIM, HEADS * HEAD_DIM)
        shapes[p + "post_attention_layernorm.weight"] = (DIM,)
        shapes[p + "mlp.gate_proj.weight"] = (HIDDEN, DIM)
        shapes[p + "mlp.up_proj.weight"] = (HIDDEN, DIM)
        shapes[p + "mlp.down_proj.weight"] = (DIM, HIDDEN)
    shapes["model.norm.weight"] = (DIM,)
    shapes["lm_head.weight"] = (VOCAB, DIM)
    made, n = {}, 0
    for name, shape in shapes.items():
        count = math.prod(shape)
        values = [hashed(n + i) for i in range(count)]
        n += count
        if len(shape) == 1:
            values = [0.75 + v / 2 for v in values]
        else:
            values = [(v - 0.5) / 2 for v in values]
        made[name] = torch.tensor(values).reshape(shape).requires_grad_(True)
    return made


def rope(x):
    half = HEAD_DIM // 2
    angle = torch.arange(x.shape[-2])[:, None] * THETA ** (-2.0 * torch.arange(half) / HEAD_DIM)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)


def log_probs(w, tokens):
    """Log-probability of every token but the first, and the entropies of their distributions."""
    t = torch.tensor(tokens)
    x = F.embedding(t, w["model.embed_tokens.weight"])
    heads = lambda y, n: y.view(len(tokens), n, HEAD_DIM).transpose(0, 1)
    for i in range(LAYERS):
        p = f"model.layers.{i}."
        y = F.rms_norm(x, (DIM,), w[p + "input_layernorm.weight"], EPS)
        q = rope(heads(F.linear(y, w[p + "self_attn.q_proj.weight"]), HEADS))
        k = rope(heads(F.linear(y, w[p + "self_attn.k_proj.weight"]), KV_HEADS))
        v = heads(F.linear(y, w[p + "self_attn.v_proj.weight"]), KV_HEADS)
        share = HEADS // KV_HEADS
        o = F.scaled_dot_product_attention(q, k.repeat_interleave(share, 0), v.repeat_interleave(share, 0), is_causal=True)
        x = x + F.linear(o.transpose(0, 1).reshape(len(tokens), -1), w[p + "self_attn.o_proj.weight"])
        y = F.rms_norm(x, (DIM,), w[p + "post_attention_layernorm.weight"], EPS)
        gate, up = F.linear(y, w[p + "mlp.gate_proj.weight"]), F.linear(y, w[p + "mlp.up_proj.weight"])
        x = x + F.linear(F.silu(gate) * up, w[p + "mlp.down_proj.weight"])
    logits = F.linear(F.rms_norm(x, (DIM,), w["model.norm.weight"], EPS), w["lm_head.weight"])
    every = F.log_softmax(logits[:-1], -1)
    return every.gather(1, t[1:, None])[:, 0], -(every.exp() * every).sum(-1)


SEQUENCES, n = [], 10**6
for length in LENGTHS:
    SEQUENCES.append([int(hashed(n + i) * VOCAB) for i in range(length)])
    n += length


def loss(w):
    """GRPO without KL, clip-higher, each group's sum over its sampled tokens; the mean over two groups."""
    total, told, entropies, number = 0, [], [], 2 * 10**6
    scored = [[p for p in range(PROMPT, length) if (s, p) not in FORCED] for s, length in enumerate(LENGTHS)]
    for s, tokens in enumerate(SEQUENCES):
        group = s // 2
        group_tokens = sum(len(scored[i]) for i in (2 * group, 2 * group + 1))
        now, entropy = log_probs(w, tokens)
        for place in scored[s]:
            sampled = -3.4 - hashed(number) * 0.8  # so that some ratios lie beyond the clip
            number += 1
            ratio = (now[place - 1] - sampled).exp()
            a = ADVANTAGES[s]
            term = torch.minimum(ratio * a, ratio.clamp(1 - LOW, 1 + HIGH) * a)
            total = total - term / (2 * group_tokens)
            told.append(now[place - 1].item())
            entropies.append(entropy[place - 1].item())
    return total, told, entropies


def summary(tensors):
    kept = {}
    for name, tensor in tensors.items():
        flat = tensor.detach().reshape(-1)
        signs = [torch.tensor([1.0 if hashed(7 * i + s) < 0.5 else -1.0 for i in range(len(flat))]) for s in range(3)]
        places = [int(hashed(31 * i) * len(flat)) for i in range(8)]
        kept[name] = {"values": [flat[p].item() for p in places], "sums": [(flat * s).sum().item() for s in signs]}
    return kept


def newton_schulz(g):
    """Jordan et al. 2024, in float64."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.T if g.shape[0] > g.shape[1] else g
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def run(step):
    w = parameters()
    steps = []
    for _ in range(2):
        for p in w.values():
            p.grad = None
        value, told, entropies = loss(w)
        value.backward()
        gradients = summary({name: p.grad for name, p in w.items()})
        norm = torch.nn.utils.clip_grad_norm_(w.values(), 0.5).item()
        step(w)
        steps.append({"loss": value.item(), "norm": norm, "logProbs": told, "entropies": entropies,
                      "gradients": gradients, "weights": summary(w)})
    return steps


class AdamW:
    made = None

    def __call__(self, w):
        if self.made is None:
            gains = [p for p in w.values() if p.dim() == 1]
            others = [p for p in w.values() if p.dim() == 2]
            self.made = torch.optim.AdamW(
                [{"params": gains, "weight_decay": 0.0}, {"params": others, "weight_decay": 0.1}],
                lr=1e-2, betas=(0.9, 0.95), eps=1e-8)
        self.made.step()


class Muon:
    made, momentum = None, {}

    def __call__(self, w):
        matrices = {n: p for n, p in w.items() if "layers" in n and p.dim() == 2}
        if self.made is None:
            rest = [p for n, p in w.items() if n not in matrices]
            self.made = torch.optim.AdamW(rest, lr=1e-2, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0)
        self.made.step()
        for name, p in matrices.items():
            m = self.momentum.setdefault(name, torch.zeros_like(p))
            m.lerp_(p.grad, 1 - 0.95)
            update = newton_schulz(p.grad.lerp(m, 0.95))
            with torch.no_grad():
                p.mul_(1 - 1e-2 * 0.1).sub_(update * 1e-2 * 0.2 * math.sqrt(max(p.shape)))


result = {"recorded": f"torch {torch.__version__}, float64", "adamw": run(AdamW()), "muon": run(Muon())}
pathlib.Path(__file__).with_name("step.json").write_text(json.dumps(result, separators=(",", ":")).replace("},", "},\n") + "\n")
