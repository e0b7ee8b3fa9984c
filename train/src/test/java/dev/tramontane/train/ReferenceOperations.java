package dev.tramontane.train;

/// What every operation of the trainer means, in double precision and in loops that read like their
/// formulas, each with its gradients. Matrices are `double[rows][cols]`; a backward operation adds
/// to the gradients it is given.
final class ReferenceOperations {
    private ReferenceOperations() {}

    static double[][] matmul(double[][] x, double[][] weight) {
        double[][] out = new double[x.length][weight.length];
        for (int t = 0; t < x.length; t++) {
            for (int r = 0; r < weight.length; r++) {
                for (int k = 0; k < x[t].length; k++) {
                    out[t][r] += weight[r][k] * x[t][k];
                }
            }
        }
        return out;
    }

    static void matmulBackward(
            double[][] x, double[][] weight, double[][] dOut, double[][] dX, double[][] dWeight) {
        for (int t = 0; t < x.length; t++) {
            for (int r = 0; r < weight.length; r++) {
                for (int k = 0; k < x[t].length; k++) {
                    dX[t][k] += dOut[t][r] * weight[r][k];
                    dWeight[r][k] += dOut[t][r] * x[t][k];
                }
            }
        }
    }

    static double[][] rmsNorm(double[][] x, double[] gain, double eps) {
        double[][] out = new double[x.length][gain.length];
        for (int t = 0; t < x.length; t++) {
            double inverse = inverseRootMeanSquare(x[t], eps);
            for (int d = 0; d < gain.length; d++) {
                out[t][d] = x[t][d] * gain[d] * inverse;
            }
        }
        return out;
    }

    static void rmsNormBackward(
            double[][] x,
            double[] gain,
            double eps,
            double[][] dOut,
            double[][] dX,
            double[] dGain) {
        for (int t = 0; t < x.length; t++) {
            double inverse = inverseRootMeanSquare(x[t], eps);
            double along = 0;
            for (int d = 0; d < gain.length; d++) {
                along += dOut[t][d] * gain[d] * x[t][d];
                dGain[d] += dOut[t][d] * x[t][d] * inverse;
            }
            for (int d = 0; d < gain.length; d++) {
                dX[t][d] +=
                        dOut[t][d] * gain[d] * inverse
                                - x[t][d] * Math.pow(inverse, 3) * along / gain.length;
            }
        }
    }

    private static double inverseRootMeanSquare(double[] row, double eps) {
        double squares = 0;
        for (double value : row) {
            squares += value * value;
        }
        return 1 / Math.sqrt(squares / row.length + eps);
    }

    /// Turns the heads in the first `heads · headDim` columns, in place.
    ///
    /// @param direction −1 for the gradient
    static void rope(
            double[][] x, int heads, int headDim, double theta, int[] positions, double direction) {
        for (int t = 0; t < x.length; t++) {
            for (int head = 0; head < heads; head++) {
                for (int i = 0; i < headDim / 2; i++) {
                    double angle = positions[t] * Math.pow(theta, -2.0 * i / headDim) * direction;
                    int first = head * headDim + i;
                    int second = first + headDim / 2;
                    double a = x[t][first];
                    double b = x[t][second];
                    x[t][first] = a * Math.cos(angle) - b * Math.sin(angle);
                    x[t][second] = b * Math.cos(angle) + a * Math.sin(angle);
                }
            }
        }
    }

    /// Heads that attend within sequences.
    ///
    /// @param starts the sequences' first tokens, and the end of the last
    record Attention(int heads, int kvHeads, int headDim, int[] starts) {
        private int keyAt(int head) {
            return (heads + head / (heads / kvHeads)) * headDim;
        }

        private int valueAt(int head) {
            return keyAt(head) + kvHeads * headDim;
        }

        /// The weights that token `t`, `t − start` after its sequence's first, gives to each
        /// before.
        private double[] weights(double[][] qkv, int start, int t, int head) {
            double[] weights = new double[t - start + 1];
            double max = Double.NEGATIVE_INFINITY;
            for (int p = start; p <= t; p++) {
                double score = 0;
                for (int d = 0; d < headDim; d++) {
                    score += qkv[t][head * headDim + d] * qkv[p][keyAt(head) + d];
                }
                weights[p - start] = score / Math.sqrt(headDim);
                max = Math.max(max, weights[p - start]);
            }
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = Math.exp(weights[i] - max);
                sum += weights[i];
            }
            for (int i = 0; i < weights.length; i++) {
                weights[i] /= sum;
            }
            return weights;
        }

        double[][] forward(double[][] qkv) {
            double[][] out = new double[qkv.length][heads * headDim];
            for (int sequence = 0; sequence < starts.length - 1; sequence++) {
                int start = starts[sequence];
                for (int t = start; t < starts[sequence + 1]; t++) {
                    for (int head = 0; head < heads; head++) {
                        double[] weights = weights(qkv, start, t, head);
                        for (int p = start; p <= t; p++) {
                            for (int d = 0; d < headDim; d++) {
                                out[t][head * headDim + d] +=
                                        weights[p - start] * qkv[p][valueAt(head) + d];
                            }
                        }
                    }
                }
            }
            return out;
        }

        double[][] backward(double[][] qkv, double[][] dOut) {
            double[][] dQkv = new double[qkv.length][qkv[0].length];
            for (int sequence = 0; sequence < starts.length - 1; sequence++) {
                for (int t = starts[sequence]; t < starts[sequence + 1]; t++) {
                    for (int head = 0; head < heads; head++) {
                        backward(qkv, starts[sequence], t, head, dOut, dQkv);
                    }
                }
            }
            return dQkv;
        }

        private void backward(
                double[][] qkv, int start, int t, int head, double[][] dOut, double[][] dQkv) {
            double[] weights = weights(qkv, start, t, head);
            double[] dWeights = new double[weights.length];
            double along = 0;
            for (int p = start; p <= t; p++) {
                for (int d = 0; d < headDim; d++) {
                    double slope = dOut[t][head * headDim + d];
                    dWeights[p - start] += slope * qkv[p][valueAt(head) + d];
                    dQkv[p][valueAt(head) + d] += weights[p - start] * slope;
                }
                along += weights[p - start] * dWeights[p - start];
            }
            for (int p = start; p <= t; p++) {
                double dScore =
                        weights[p - start] * (dWeights[p - start] - along) / Math.sqrt(headDim);
                for (int d = 0; d < headDim; d++) {
                    dQkv[t][head * headDim + d] += dScore * qkv[p][keyAt(head) + d];
                    dQkv[p][keyAt(head) + d] += dScore * qkv[t][head * headDim + d];
                }
            }
        }
    }

    /// @param gateUp gate in the first half of the columns, up in the second
    static double[][] swiglu(double[][] gateUp) {
        int width = gateUp[0].length / 2;
        double[][] out = new double[gateUp.length][width];
        for (int t = 0; t < gateUp.length; t++) {
            for (int d = 0; d < width; d++) {
                out[t][d] = gateUp[t][d] * sigmoid(gateUp[t][d]) * gateUp[t][width + d];
            }
        }
        return out;
    }

    static double[][] swigluBackward(double[][] gateUp, double[][] dOut) {
        int width = gateUp[0].length / 2;
        double[][] dGateUp = new double[gateUp.length][2 * width];
        for (int t = 0; t < gateUp.length; t++) {
            for (int d = 0; d < width; d++) {
                double gate = gateUp[t][d];
                double s = sigmoid(gate);
                dGateUp[t][d] = dOut[t][d] * gateUp[t][width + d] * (s + gate * s * (1 - s));
                dGateUp[t][width + d] = dOut[t][d] * gate * s;
            }
        }
        return dGateUp;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /// The probabilities of one row of logits.
    static double[] softmax(double[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            max = Math.max(max, logit);
        }
        double[] probabilities = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = Math.exp(logits[i] - max);
            sum += probabilities[i];
        }
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }
}
