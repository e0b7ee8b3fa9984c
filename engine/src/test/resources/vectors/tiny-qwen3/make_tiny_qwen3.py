#!/usr/bin/env python3
"""Makes tiny-qwen3 and tiny-qwen3-yarn: seeded weights, the files in each form, and the expected logits.

Needs numpy, gguf, and (for the check alone) torch and transformers. Run in the folder that holds tiny-qwen3.
The expected numbers are those of `forward` below, written from the papers in float64; `Qwen3ForCausalLM`
in float64 has to agree with it, or nothing is written.
"""
import base64, json, math, os, struct, sys
import gguf
import numpy as np

SHAPE = dict(dim=32, layers=2, heads=4, kv_heads=2, head_dim=16, ffn=64, vocab=96, eps=1e-6, theta=1e6)
MODELS = {
    "tiny-qwen3": dict(SHAPE, seed=3, tied=False, context=512, yarn=None),
    # The rotation of DeepSeek-R1-0528-Qwen3-8B: its `attn_factor` is 1 / (1 + 0.1 ln 4), which cancels YaRN's own.
    "tiny-qwen3-yarn": dict(SHAPE, seed=4, tied=True, context=320, yarn=dict(factor=4.0, original=80, attn_factor=0.8782488562869419)),
}


def weights(m):
    r = np.random.default_rng(m["seed"])
    mat = lambda rows, cols, sigma: (sigma * r.standard_normal((rows, cols))).astype(np.float32)
    gain = lambda n, size: (size * (1 + 0.3 * r.standard_normal(n))).astype(np.float32)
    D, Q, K, F = m["dim"], m["heads"] * m["head_dim"], m["kv_heads"] * m["head_dim"], m["ffn"]
    w = {"model.embed_tokens.weight": mat(m["vocab"], D, 1.0)}
    for i in range(m["layers"]):
        p = f"model.layers.{i}."
        w[p + "input_layernorm.weight"] = gain(D, 1)
        w[p + "self_attn.q_proj.weight"] = mat(Q, D, D ** -0.5)
        w[p + "self_attn.k_proj.weight"] = mat(K, D, D ** -0.5)
        w[p + "self_attn.v_proj.weight"] = mat(K, D, D ** -0.5)
        w[p + "self_attn.q_norm.weight"] = gain(m["head_dim"], 1.5)
        w[p + "self_attn.k_norm.weight"] = gain(m["head_dim"], 1.5)
        w[p + "self_attn.o_proj.weight"] = mat(D, Q, 1.5 * Q ** -0.5)
        w[p + "post_attention_layernorm.weight"] = gain(D, 1)
        w[p + "mlp.gate_proj.weight"] = mat(F, D, 1.5 * D ** -0.5)
        w[p + "mlp.up_proj.weight"] = mat(F, D, 1.5 * D ** -0.5)
        w[p + "mlp.down_proj.weight"] = mat(D, F, 1.5 * F ** -0.5)
    w["model.norm.weight"] = gain(D, 1)
    if not m["tied"]:
        w["lm_head.weight"] = mat(m["vocab"], D, 1.5 * D ** -0.5)
    return w


def inverse_frequencies(m):
    """float64[head_dim / 2] and the factor of cosines and sines; YaRN is Peng et al. 2023, sections 3.2 and 3.4."""
    d, y = m["head_dim"], m["yarn"]
    f = m["theta"] ** (-2.0 * np.arange(d // 2) / d)
    if y is None:
        return f, 1.0
    turning = lambda turns: d * math.log(y["original"] / (turns * 2 * math.pi)) / (2 * math.log(m["theta"]))
    low, high = max(math.floor(turning(32)), 0), min(math.ceil(turning(1)), d - 1)
    ramp = np.clip((np.arange(d // 2) - low) / max(high - low, 1e-3), 0, 1)
    return f / y["factor"] * ramp + f * (1 - ramp), (1 + 0.1 * math.log(y["factor"])) * y["attn_factor"]


def forward(m, w, ids):
    """float64[tokens][vocab]"""
    w = {k: v.astype(np.float64) for k, v in w.items()}
    H, K, d, n = m["heads"], m["kv_heads"], m["head_dim"], len(ids)
    rms = lambda x, g: x / np.sqrt(np.mean(x * x, -1, keepdims=True) + m["eps"]) * g
    f, size = inverse_frequencies(m)
    angle = np.arange(n)[:, None] * f
    cos, sin = size * np.cos(angle)[:, None], size * np.sin(angle)[:, None]

    def rope(x):  # element i turns with element i + d / 2
        a, b = x[..., : d // 2], x[..., d // 2:]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], -1)

    x = w["model.embed_tokens.weight"][ids]
    for i in range(m["layers"]):
        p = f"model.layers.{i}."
        h = rms(x, w[p + "input_layernorm.weight"])
        q = rope(rms((h @ w[p + "self_attn.q_proj.weight"].T).reshape(n, H, d), w[p + "self_attn.q_norm.weight"]))
        k = rope(rms((h @ w[p + "self_attn.k_proj.weight"].T).reshape(n, K, d), w[p + "self_attn.k_norm.weight"]))
        v = (h @ w[p + "self_attn.v_proj.weight"].T).reshape(n, K, d)
        out = np.zeros((n, H, d))
        for head in range(H):
            s = q[:, head] @ k[:, head // (H // K)].T / math.sqrt(d)
            s[np.triu_indices(n, 1)] = -np.inf
            e = np.exp(s - s.max(-1, keepdims=True))
            out[:, head] = e / e.sum(-1, keepdims=True) @ v[:, head // (H // K)]
        x = x + out.reshape(n, H * d) @ w[p + "self_attn.o_proj.weight"].T
        h = rms(x, w[p + "post_attention_layernorm.weight"])
        g = h @ w[p + "mlp.gate_proj.weight"].T
        x = x + (g / (1 + np.exp(-g)) * (h @ w[p + "mlp.up_proj.weight"].T)) @ w[p + "mlp.down_proj.weight"].T
    return rms(x, w["model.norm.weight"]) @ w.get("lm_head.weight", w["model.embed_tokens.weight"]).T


def config(m):
    c = dict(architectures=["Qwen3ForCausalLM"], model_type="qwen3", hidden_size=m["dim"], intermediate_size=m["ffn"],
             num_hidden_layers=m["layers"], num_attention_heads=m["heads"], num_key_value_heads=m["kv_heads"],
             head_dim=m["head_dim"], vocab_size=m["vocab"], rms_norm_eps=m["eps"], hidden_act="silu", attention_bias=False,
             attention_dropout=0.0, rope_theta=m["theta"], rope_scaling=None, max_position_embeddings=m["context"],
             use_sliding_window=False, sliding_window=4096, max_window_layers=m["layers"], tie_word_embeddings=m["tied"],
             torch_dtype="float32", bos_token_id=1, eos_token_id=2)
    if m["yarn"]:
        y = m["yarn"]
        c["rope_scaling"] = dict(rope_type="yarn", factor=y["factor"], original_max_position_embeddings=y["original"],
                                 attn_factor=y["attn_factor"])
    return c


def write_safetensors(path, w):
    head, at = {"__metadata__": {"format": "pt"}}, 0
    for n, x in w.items():
        head[n] = dict(dtype="F32", shape=list(x.shape), data_offsets=[at, at + x.nbytes])
        at += x.nbytes
    b = json.dumps(head).encode()
    b += b" " * (-len(b) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(b)) + b + b"".join(x.tobytes() for x in w.values()))


ROLES = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm", "self_attn.o_proj": "attn_output",
         "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def gguf_name(name):
    name = name.removesuffix(".weight")
    outside = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    if name in outside:
        return outside[name] + ".weight"
    _, _, layer, role = name.split(".", 3)
    return f"blk.{layer}.{ROLES[role]}.weight"


def write_gguf(path, m, w, quant):
    """Returns the weights as the file rounds them."""
    g = gguf.GGUFWriter(path, "qwen3")
    g.add_name(os.path.basename(os.path.dirname(path)))
    g.add_context_length(m["context"]); g.add_embedding_length(m["dim"]); g.add_block_count(m["layers"])
    g.add_feed_forward_length(m["ffn"]); g.add_head_count(m["heads"]); g.add_head_count_kv(m["kv_heads"])
    g.add_key_length(m["head_dim"]); g.add_value_length(m["head_dim"]); g.add_rope_freq_base(m["theta"])
    g.add_layer_norm_rms_eps(m["eps"]); g.add_vocab_size(m["vocab"])
    if m["yarn"]:
        g.add_rope_scaling_type(gguf.RopeScalingType.YARN); g.add_rope_scaling_factor(m["yarn"]["factor"])
        g.add_rope_scaling_orig_ctx_len(m["yarn"]["original"]); g.add_rope_scaling_attn_factors(m["yarn"]["attn_factor"])
    g.add_tokenizer_model("none")
    rounded = {}
    for name, x in w.items():
        if quant is None or x.ndim == 1:
            g.add_tensor(gguf_name(name), x)
            rounded[name] = x
        else:
            data = gguf.quants.quantize(x, quant)
            g.add_tensor(gguf_name(name), data, raw_dtype=quant)
            rounded[name] = gguf.quants.dequantize(data, quant)
    g.write_header_to_file(); g.write_kv_data_to_file(); g.write_tensors_to_file(); g.close()
    return rounded


def prompts(m):
    r = np.random.default_rng(100 + m["seed"])
    for n in (1, 2, 7, 31, 32, 33, 65, 300):
        yield [int(t) for t in r.integers(3, m["vocab"], n)]


def b64(x):
    return dict(shape=list(x.shape), f32le_b64=base64.b64encode(x.astype("<f4").tobytes()).decode())


def log_sum_exp(x):
    top = x.max(-1)
    return top + np.log(np.exp(x - top[..., None]).sum(-1))


def case(m, w, ids, **more):
    logits = forward(m, w, ids)
    c = dict(more, name=f"{len(ids)} tokens", ids=ids, last_logits=b64(logits[-1]), logsumexp=b64(log_sum_exp(logits)))
    if len(ids) <= 7:
        c["all_logits"] = b64(logits)
    return c


def greedy(m, w, ids, steps=12):
    ids, out = list(ids), []
    for _ in range(steps):
        row = forward(m, w, ids)[-1]
        second, first = np.argsort(row)[-2:]
        out.append([int(first), float(row[first] - log_sum_exp(row)), float(row[first] - row[second])])
        ids.append(int(first))
    return out


def check(m, w, cases):
    """`Qwen3ForCausalLM` in float64 has to agree. It knows `attention_factor`, where `attn_factor` is vLLM's word."""
    import torch, transformers
    c = config(m)
    if m["yarn"]:
        c["rope_scaling"]["attention_factor"] = (1 + 0.1 * math.log(m["yarn"]["factor"])) * c["rope_scaling"].pop("attn_factor")
    model = transformers.Qwen3ForCausalLM(transformers.Qwen3Config(**c)).double().eval()
    missing = model.load_state_dict({k: torch.from_numpy(v).double() for k, v in w.items()}, strict=False)
    assert not missing.unexpected_keys and set(missing.missing_keys) <= {"lm_head.weight"}, missing
    worst = 0.0
    with torch.no_grad():
        for ids in cases:
            theirs = model(torch.tensor([ids])).logits[0].numpy()
            worst = max(worst, float(np.abs(theirs - forward(m, w, ids)).max()))
    assert worst < 1e-4, worst
    return worst


def dump(path, meta, cases):
    with open(path, "w") as f:
        f.write('{"meta": ' + json.dumps(meta) + ',\n"cases": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]}\n")


def main():
    for name, m in MODELS.items():
        os.makedirs(name, exist_ok=True)
        w = weights(m)
        meta = dict(arithmetic="float64, numpy, make_tiny_qwen3.py")
        if "--unchecked" not in sys.argv:
            import transformers
            meta["transformers"] = transformers.__version__
            meta["difference_from_transformers"] = check(m, w, prompts(m))
        with open(f"{name}/config.json", "w") as f:
            json.dump(config(m), f, indent=1)
        write_safetensors(f"{name}/model.safetensors", w)
        cases = [dict(case(m, w, ids), greedy=greedy(m, w, ids)) for ids in prompts(m) if len(ids) < 300]
        cases += [case(m, w, ids) for ids in prompts(m) if len(ids) >= 300]
        dump(f"{name}/expected.json", meta, cases)
        cases = []
        for file, quant in {"model-f32.gguf": None, "model-q8_0.gguf": gguf.GGMLQuantizationType.Q8_0}.items():
            rounded = write_gguf(f"{name}/{file}", m, w, quant)
            cases += [case(m, rounded, ids, file=file) for ids in prompts(m)]
        dump(f"{name}/expected_gguf.json", meta, cases)
        print(name, meta)


main()
