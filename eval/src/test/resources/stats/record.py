"""Records what numpy, scipy 1.17.1 and plain counting say; the tests hold our statistics to it."""
import itertools
import json
from fractions import Fraction
from math import comb

import numpy as np
from scipy import stats

rng = np.random.default_rng(20250610)
out = {}

out["pass_at_k"] = [
    {"n": n, "c": c, "k": k, "value": float(1 - Fraction(comb(n - c, k), comb(n, k)))}
    for n, c, k in [(1, 0, 1), (1, 1, 1), (5, 2, 3), (64, 40, 8), (64, 1, 64), (64, 63, 1),
                    (200, 17, 100), (1000, 3, 10), (1000, 999, 2)]
]


def majority(right, wrong, silent, k):
    ballots = [0] * right
    for i, votes in enumerate(wrong):
        ballots += [i + 1] * votes
    ballots += [None] * silent
    total, subsets = Fraction(0), 0
    for chosen in itertools.combinations(range(len(ballots)), k):
        counts = {}
        for i in chosen:
            if ballots[i] is not None:
                counts[ballots[i]] = counts.get(ballots[i], 0) + 1
        subsets += 1
        if counts:
            most = max(counts.values())
            winners = [a for a, v in counts.items() if v == most]
            if 0 in winners:
                total += Fraction(1, len(winners))
    return float(total / subsets)


out["majority_at_k"] = [
    {"right": r, "wrong": w, "silent": s, "k": k, "value": majority(r, w, s, k)}
    for r, w, s in [(3, [2, 2], 1), (1, [1, 1, 1, 1], 0), (4, [5], 2), (0, [3, 2], 2), (6, [], 3),
                    (2, [2, 2, 2, 2, 2], 1), (5, [3, 1, 1, 1], 4), (3, [1, 1, 1, 1, 1, 1], 3),
                    (0, [], 4)]
    for k in sorted({1, 2, 3, 4, r + sum(w) + s})
    if k <= r + sum(w) + s
]

means = np.round(rng.random(12) * 8) / 8
indices = rng.integers(0, 12, size=(250, 12))
drawn = np.array([means[i].mean() for i in indices])
low, high = np.percentile(drawn, [2.5, 97.5])
half = stats.norm.ppf(0.975) * stats.sem(means)
out["bootstrap"] = {"means": means.tolist(), "indices": indices.ravel().tolist(),
                    "resamples": 250, "low": float(low), "high": float(high),
                    "standard_error": float(stats.sem(means)),
                    "normal_low": float(max(0, means.mean() - half)),
                    "normal_high": float(min(1, means.mean() + half))}

out["wilson"] = []
for c, n in [(0, 30), (1, 30), (17, 30), (30, 30), (447, 500), (1, 1)]:
    ci = stats.binomtest(c, n).proportion_ci(0.95, method="wilson")
    out["wilson"].append({"correct": c, "n": n, "low": ci.low, "high": ci.high})

out["permutation"] = []
for n, ka, kb in [(6, 1, 1), (9, 4, 4), (11, 4, 6), (12, 1, 1), (8, 3, 1)]:
    a = rng.integers(0, ka + 1, n)
    b = rng.integers(0, kb + 1, n)
    d = [Fraction(int(x), ka) - Fraction(int(y), kb) for x, y in zip(a, b)]
    # in whole numbers, so that scipy compares exactly
    whole = np.array([int(v * ka * kb) for v in d], dtype=float)
    r = stats.permutation_test((whole,), lambda x, axis: np.sum(x, axis=axis),
                               permutation_type="samples", n_resamples=np.inf,
                               alternative="two-sided", vectorized=True)
    out["permutation"].append({"correct_a": a.tolist(), "samples_a": [ka] * n,
                               "correct_b": b.tolist(), "samples_b": [kb] * n,
                               "p": float(r.pvalue)})

out["mcnemar"] = [
    {"first": b, "second": c, "p": float(stats.binomtest(min(b, c), b + c, 0.5).pvalue) if b + c else 1.0}
    for b, c in [(0, 0), (1, 0), (5, 1), (10, 10), (3, 17), (120, 90), (0, 30)]
]
json.dump(out, open("reference.json", "w"), indent=1)
