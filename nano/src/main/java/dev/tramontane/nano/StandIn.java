package dev.tramontane.nano;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.weights.GgufWriter;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes the model that stands in for a trained one: random weights from a seed, the same bytes
/// each time.
///
/// So that the whole path is seen at work, the noise has the family's form: `[THINK]`, words,
/// `[/THINK]`, words, end. A few directions of the residual stream, which no layer writes, carry
/// the state: each token's embedding names the state it leads to, and the output favours the tokens
/// of that state. Which word comes is chance.
final class StandIn {
    private static final long SEED = 2026;

    private static final String NOTICE =
            "nano is a stand-in with random weights: what it writes is noise until a trained model"
                    + " takes its place. Run a real one with: tramontane run -m MODEL.gguf";

    private static final ModelConfig SHAPE =
            new ModelConfig(
                    64,
                    2,
                    4,
                    2,
                    32,
                    128,
                    2048,
                    1e-5f,
                    1e6,
                    Kernels.RopePairs.INTERLEAVED,
                    false,
                    Optional.empty(),
                    Optional.empty(),
                    Integer.MAX_VALUE,
                    8192);

    /// The states, and the direction that carries each.
    private static final int ASKED = 0;

    private static final int OPENED = 1;
    private static final int THINKING = 2;
    private static final int CLOSED = 3;
    private static final int ANSWERING = 4;
    private static final int STATES = 5;

    /// Length of a state's direction in an embedding, beside values of deviation 1.
    private static final float STATE = 4;

    /// How much the output favours a state's tokens: some 25 above all others.
    private static final float FAVOUR = 8;

    /// How much it favours ending a state over one word of it: after some 70 words, by chance.
    private static final float END_FAVOUR = FAVOUR + 0.25f;

    private final Tekken tokenizer;
    private final ModelWeights weights;

    private StandIn(Tekken tokenizer, Arena arena) {
        this.tokenizer = tokenizer;
        this.weights = RandomWeights.of(SHAPE, SEED, arena);
    }

    /// @param vocabulary as `tekken.json`
    static void write(Path vocabulary, Path model) throws IOException {
        Tekken tokenizer = Tekken.read(vocabulary);
        try (Arena arena = Arena.ofConfined()) {
            var standIn = new StandIn(tokenizer, arena);
            standIn.carryStates();
            standIn.write(model);
        }
    }

    private void carryStates() {
        for (ModelWeights.LayerWeights layer : weights.layers()) {
            silence(layer.attentionOutput());
            silence(layer.down());
        }
        for (int token = 0; token < SHAPE.vocab(); token++) {
            for (int state = 0; state < STATES; state++) {
                weights.embedding().set(token, state, 0);
                weights.output().set(token, state, 0);
            }
        }
        leadsTo(ASKED, mark(SpecialToken.END_INST));
        begins(ASKED, mark(SpecialToken.THINK), FAVOUR);
        leadsTo(OPENED, mark(SpecialToken.THINK));
        begins(THINKING, mark(SpecialToken.END_THINK), END_FAVOUR);
        leadsTo(CLOSED, mark(SpecialToken.END_THINK));
        begins(ANSWERING, mark(SpecialToken.EOS), END_FAVOUR);
        for (int token = 0; token < SHAPE.vocab(); token++) {
            if (isWord(token)) {
                boolean isThought = token % 2 == 0;
                begins(isThought ? OPENED : CLOSED, token, FAVOUR);
                begins(isThought ? THINKING : ANSWERING, token, FAVOUR);
                leadsTo(isThought ? THINKING : ANSWERING, token);
            }
        }
    }

    /// No layer writes to the directions of the states.
    private static void silence(Tensor writer) {
        for (int state = 0; state < STATES; state++) {
            for (int col = 0; col < writer.cols(); col++) {
                writer.set(state, col, 0);
            }
        }
    }

    private void leadsTo(int state, int token) {
        weights.embedding().set(token, state, STATE);
    }

    private void begins(int state, int token, float favour) {
        weights.output().set(token, state, favour);
    }

    private int mark(SpecialToken token) {
        return tokenizer.special(token).orElseThrow();
    }

    /// Whether the token is a space and small letters.
    private boolean isWord(int token) {
        return !tokenizer.isSpecial(token) && tokenizer.pieceOf(token).matches(" [a-z]+");
    }

    private void write(Path model) throws IOException {
        var file = new GgufWriter();
        file.put("general.architecture", "llama")
                .put("general.name", "nano")
                .put("general.license", "apache-2.0")
                .put("tramontane.notice", NOTICE)
                .put("llama.vocab_size", SHAPE.vocab())
                .put("llama.context_length", SHAPE.context())
                .put("llama.embedding_length", SHAPE.dim())
                .put("llama.block_count", SHAPE.layers())
                .put("llama.feed_forward_length", SHAPE.hiddenDim())
                .put("llama.attention.head_count", SHAPE.heads())
                .put("llama.attention.head_count_kv", SHAPE.kvHeads())
                .put("llama.attention.key_length", SHAPE.headDim())
                .put("llama.attention.value_length", SHAPE.headDim())
                .put("llama.attention.layer_norm_rms_epsilon", SHAPE.normEps())
                .put("llama.rope.dimension_count", SHAPE.headDim())
                .put("llama.rope.freq_base", (float) SHAPE.ropeTheta());
        describeVocabulary(file);
        addWeights(file);
        file.write(model);
    }

    /// GGUF specification, section *Tokenizer*: type 3 is a control token, 1 a normal one.
    private void describeVocabulary(GgufWriter file) {
        List<String> spellings = new ArrayList<>();
        int[] types = new int[SHAPE.vocab()];
        char[] characters = charactersOfBytes();
        for (int token = 0; token < SHAPE.vocab(); token++) {
            types[token] = tokenizer.isSpecial(token) ? 3 : 1;
            var spelling = new StringBuilder();
            for (byte b : tokenizer.bytesOf(token)) {
                spelling.append(characters[b & 0xFF]);
            }
            spellings.add(
                    tokenizer.isSpecial(token) ? tokenizer.pieceOf(token) : spelling.toString());
        }
        file.put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "tekken")
                .put("tokenizer.ggml.tokens", spellings)
                .put("tokenizer.ggml.token_type", types)
                .put("tokenizer.ggml.bos_token_id", mark(SpecialToken.BOS))
                .put("tokenizer.ggml.eos_token_id", mark(SpecialToken.EOS))
                .put("tokenizer.ggml.unknown_token_id", mark(SpecialToken.UNKNOWN))
                .put("tokenizer.ggml.add_bos_token", true);
    }

    /// GPT-2's spelling: bytes that print as Latin-1 stand for themselves, the other 68 are, in
    /// order, the characters from U+0100 on.
    private static char[] charactersOfBytes() {
        char[] characters = new char[0x100];
        char next = 0x100;
        for (int b = 0; b < 0x100; b++) {
            boolean prints = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            characters[b] = prints ? (char) b : next++;
        }
        return characters;
    }

    private void addWeights(GgufWriter file) {
        file.add("token_embd.weight", weights.embedding());
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            ModelWeights.LayerWeights tensors = weights.layers().get(layer);
            String prefix = "blk." + layer + ".";
            file.add(prefix + "attn_norm.weight", tensors.attentionNorm())
                    .add(prefix + "attn_q.weight", tensors.query())
                    .add(prefix + "attn_k.weight", tensors.key())
                    .add(prefix + "attn_v.weight", tensors.value())
                    .add(prefix + "attn_output.weight", tensors.attentionOutput())
                    .add(prefix + "ffn_norm.weight", tensors.feedForwardNorm())
                    .add(prefix + "ffn_gate.weight", tensors.gate())
                    .add(prefix + "ffn_up.weight", tensors.up())
                    .add(prefix + "ffn_down.weight", tensors.down());
        }
        file.add("output_norm.weight", weights.finalNorm());
        file.add("output.weight", weights.output());
    }
}
