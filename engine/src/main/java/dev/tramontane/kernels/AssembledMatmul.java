package dev.tramontane.kernels;

import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Products of quantised weights by machine code: which rows, tokens and depth each call of {@link
/// StripCode} computes, and that every address lies where it should.
///
/// Few tokens, in one group or two, multiply rows straight from the file. More share the decoding:
/// 64 rows are unpacked to a panel in the cache of one core, a part of the depth at a time, and
/// multiplied with all tokens.
final class AssembledMatmul {
    /// Rows whose panel fits the second cache of a core.
    private static final int ROWS_A_PANEL = 64;

    /// Rows a thread reads in one go at most: at the end of a task its prefetching is in vain.
    private static final int ROWS_A_DIRECT_TASK = 256;

    /// Of a call, so that scratch memory after it begins at a cache line.
    private static final int CALL_BYTES = 192;

    private static final int PANEL_DEPTH = 2048; // a multiple of every block length

    /// The routines of a product.
    private sealed interface Plan {
        /// On rows as they lie.
        ///
        /// @param groups a routine a group of tokens
        record Direct(List<MethodHandle> groups) implements Plan {}

        record Panel(MethodHandle unpack, List<Stretch> stretches) implements Plan {}
    }

    /// Groups of equally many tokens that one call multiplies.
    private record Stretch(TokenGroup first, int groups, MethodHandle routine) {}

    /// One product whose routines are chosen.
    private record Product(
            Tensor weight,
            Tensor out,
            StripDecoder decoder,
            MemorySegment corrections,
            List<TokenGroup> groups,
            Plan plan,
            int rowsATask) {
        int tasks() {
            return (weight.rows() + rowsATask - 1) / rowsATask;
        }
    }

    private final Workers workers;
    private final Routines routines;
    private final Arena arena;
    private final RoundedRows rounded;
    private final Optional<RoundedRows> words;
    private final FloatRows exact;
    private final MemorySegment[] calls;
    private final MemorySegment[] panels;

    /// @param arena owns the buffers and outlives this object; shared among threads
    AssembledMatmul(Workers workers, Routines routines, Arena arena) {
        this.workers = workers;
        this.routines = routines;
        this.arena = arena;
        this.rounded = RoundedRows.bytes(arena, routines);
        this.words =
                routines.set().isWide()
                        ? Optional.of(RoundedRows.words(arena, routines))
                        : Optional.empty();
        this.exact = new FloatRows(arena, routines);
        this.calls = new MemorySegment[workers.count()];
        this.panels = new MemorySegment[workers.count()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = arena.allocate(CALL_BYTES + Strip.SCRATCH_BYTES, 64);
            panels[i] = MemorySegment.NULL;
        }
    }

    /// Whether this product is ours: a type with routines, and memory and shape they can read.
    boolean suits(Tensor x, Tensor weight, Tensor out) {
        return routines.knows(weight.type())
                && weight.rows() >= Strip.ROWS
                && weight.cols() % routines.decoder(weight.type()).blockLength() == 0
                && weight.data().isNative()
                && x.data().isNative()
                && out.data().isNative();
    }

    /// Whether {@link #multiplyWords} takes this product.
    boolean suitsWords(Tensor x, Tensor weight, Tensor out) {
        return suits(x, weight, out)
                && routines.words(weight.type()).isPresent()
                && weight.cols() % StripWords.GROUP == 0;
    }

    /// @param weights each of which {@link #suits}
    void multiply(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        multiply(
                x,
                weights,
                weights.stream().map(weight -> routines.decoder(weight.type())).toList(),
                outs);
    }

    /// The same with all numbers as whole ones of 16 bits, always by way of a panel.
    ///
    /// @param weights each of which {@link #suitsWords}
    void multiplyWords(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        multiply(
                x,
                weights,
                weights.stream()
                        .map(weight -> routines.words(weight.type()).orElseThrow())
                        .toList(),
                outs);
    }

    private void multiply(
            Tensor x, List<Tensor> weights, List<StripDecoder> decoders, List<Tensor> outs) {
        if (x.rows() == 0) {
            return;
        }
        boolean anyFloat = false;
        boolean anyBytes = false;
        boolean anyWords = false;
        for (StripDecoder decoder : decoders) {
            anyFloat |= decoder.isFloat();
            anyWords |= decoder.isWords();
            anyBytes |= !decoder.isFloat() && !decoder.isWords();
        }
        List<TokenGroup> groups = TokenGroup.of(x.rows(), mostTokensOfAGroup(x.rows(), decoders));
        if (anyBytes) {
            rounded.round(x, groups, workers, calls);
        }
        if (anyWords) {
            words.orElseThrow().round(x, groups, workers, calls);
        }
        if (anyFloat) {
            exact.interleave(x, groups, workers, calls);
        }
        Product[] products = new Product[weights.size()];
        int tasks = 0;
        for (int i = 0; i < products.length; i++) {
            Tensor weight = weights.get(i);
            check(x, weight, outs.get(i));
            StripDecoder decoder = decoders.get(i);
            Plan plan = plan(decoder, groups);
            products[i] =
                    new Product(
                            weight,
                            outs.get(i),
                            decoder,
                            decoder.isFloat() || decoder.isWords()
                                    ? MemorySegment.NULL
                                    : rounded.corrections(decoder, workers, calls),
                            groups,
                            plan,
                            rowsATask(weight, plan));
            tasks += products[i].tasks();
        }
        workers.run(
                tasks,
                1,
                (worker, from, to) -> {
                    for (int task = from; task < to; task++) {
                        run(products, task, worker);
                    }
                });
    }

    /// Few tokens go directly, more by way of a panel.
    private int mostTokensOfAGroup(int tokens, List<StripDecoder> decoders) {
        int most = PanelCode.MOST_TOKENS;
        for (StripDecoder decoder : decoders) {
            most = Math.min(most, routines.mostDirectTokens(decoder));
        }
        return tokens <= most * routines.mostDirectGroups() ? most : PanelCode.MOST_TOKENS;
    }

    private int rowsATask(Tensor weight, Plan plan) {
        return switch (plan) {
            case Plan.Panel _ -> ROWS_A_PANEL;
            case Plan.Direct direct when direct.groups.size() > 1 -> ROWS_A_PANEL;
            case Plan.Direct _ -> {
                int share = weight.rows() / (4 * workers.count()) / ROWS_A_PANEL * ROWS_A_PANEL;
                yield Math.clamp(share, ROWS_A_PANEL, ROWS_A_DIRECT_TASK);
            }
        };
    }

    private static void check(Tensor x, Tensor weight, Tensor out) {
        if (weight.cols() != x.cols() || out.rows() != x.rows() || out.cols() != weight.rows()) {
            throw new IllegalArgumentException(
                    "[%d][%d] times [%d][%d] does not give [%d][%d]"
                            .formatted(
                                    x.rows(),
                                    x.cols(),
                                    weight.rows(),
                                    weight.cols(),
                                    out.rows(),
                                    out.cols()));
        }
    }

    /// Assembles what the workers will call, and gives them their panels.
    private Plan plan(StripDecoder decoder, List<TokenGroup> groups) {
        if (groups.size() <= routines.mostDirectGroups()
                && groups.getFirst().count() <= routines.mostDirectTokens(decoder)) {
            List<MethodHandle> direct = new ArrayList<>();
            for (TokenGroup group : groups) {
                direct.add(routines.direct(decoder, group.count()));
            }
            return new Plan.Direct(direct);
        }
        long bytes = ROWS_A_PANEL / routines.set().lanes() * panelBytes(decoder, PANEL_DEPTH);
        for (int i = 0; i < panels.length; i++) {
            if (panels[i].byteSize() < bytes) {
                panels[i] = arena.allocate(bytes, 64);
            }
        }
        return new Plan.Panel(routines.unpack(decoder), stretches(decoder, groups));
    }

    /// All groups but perhaps the last have as many tokens.
    private List<Stretch> stretches(StripDecoder decoder, List<TokenGroup> groups) {
        TokenGroup first = groups.getFirst();
        TokenGroup last = groups.getLast();
        boolean same = first.count() == last.count();
        List<Stretch> stretches = new ArrayList<>();
        stretches.add(
                new Stretch(
                        first,
                        same ? groups.size() : groups.size() - 1,
                        routines.panel(decoder, first.count())));
        if (!same) {
            stretches.add(new Stretch(last, 1, routines.panel(decoder, last.count())));
        }
        return stretches;
    }

    private long panelBytes(StripDecoder decoder, int depth) {
        return StripCode.panelBytes(routines.set(), decoder, depth);
    }

    /// Finds the product that a task number falls into, and computes its rows: whole strips, and
    /// where the matrix ends within one, the last sixteen rows again.
    private void run(Product[] products, int task, int worker) {
        int left = task;
        int i = 0;
        while (left >= products[i].tasks()) {
            left -= products[i].tasks();
            i++;
        }
        Product product = products[i];
        int from = left * product.rowsATask;
        int to = Math.min(product.weight.rows(), from + product.rowsATask);
        int strips = (to - from) / Strip.ROWS;
        multiply(product, from, strips, worker);
        if (from + strips * Strip.ROWS < to) {
            multiply(product, to - Strip.ROWS, 1, worker);
        }
    }

    private void multiply(Product product, int row, int strips, int worker) {
        if (strips == 0) {
            return;
        }
        MemorySegment call = calls[worker];
        Tensor weight = product.weight;
        set(call, StripCode.Call.ROW_BYTES, weight.rowBytes());
        set(call, StripCode.Call.OUT_ROW_BYTES, product.out.rowBytes());
        set(call, StripCode.Call.SCRATCH, call.address() + CALL_BYTES);
        switch (product.plan) {
            case Plan.Direct plan -> {
                for (int i = 0; i < product.groups.size(); i++) {
                    aimAtRows(call, product, row, strips, 0, weight.cols());
                    aimAtTokens(call, product, product.groups.get(i), row, 0);
                    Routines.call(plan.groups.get(i), call);
                }
            }
            case Plan.Panel plan -> {
                for (int depth = 0; depth < weight.cols(); depth += PANEL_DEPTH) {
                    int count = Math.min(PANEL_DEPTH, weight.cols() - depth);
                    set(call, StripCode.Call.PANEL, panels[worker].address());
                    aimAtRows(call, product, row, strips, depth, count);
                    Routines.call(plan.unpack, call);
                    set(call, StripCode.Call.STRIPS, strips);
                    set(call, StripCode.Call.BLOCKS, count / PanelCode.run(product.decoder));
                    set(call, StripCode.Call.PANEL_STEP, panelBytes(product.decoder, count));
                    set(call, StripCode.Call.GO_ON, depth);
                    for (Stretch stretch : plan.stretches) {
                        aimAtTokens(call, product, stretch.first, row, depth);
                        aimAtGroups(call, product, stretch);
                        Routines.call(stretch.routine, call);
                    }
                }
            }
        }
    }

    /// Points a call at rows from column `depth` on, as strips of the width that registers have.
    private void aimAtRows(
            MemorySegment call, Product product, int row, int strips, int depth, int count) {
        Tensor weight = product.weight;
        long at = weight.data().address() + row * weight.rowBytes();
        set(call, StripCode.Call.WEIGHTS, at + weight.type().bytes(depth));
        set(call, StripCode.Call.BLOCKS, count / product.decoder.blockLength());
        set(call, StripCode.Call.STRIPS, strips * Strip.ROWS / routines.set().lanes());
    }

    /// Points a call at a group's tokens from column `depth` on, and at its part of the result.
    private void aimAtTokens(
            MemorySegment call, Product product, TokenGroup group, int row, int depth) {
        if (product.decoder.isFloat()) {
            set(call, StripCode.Call.X, exact.valuesAt(group, depth));
        } else if (product.decoder.isWords()) {
            set(call, StripCode.Call.X, words.orElseThrow().valuesAt(group, depth));
            set(call, StripCode.Call.X_SCALES, words.orElseThrow().scalesAt(group, depth));
        } else {
            long cols = product.weight.cols();
            long correction =
                    (cols * group.first() + (long) depth * group.count())
                            / product.decoder.groupLength();
            set(call, StripCode.Call.X, rounded.valuesAt(group, depth));
            set(call, StripCode.Call.X_SCALES, rounded.scalesAt(group, depth));
            set(call, StripCode.Call.X_SUMS, product.corrections.address() + 4 * correction);
        }
        long rowBytes = product.out.rowBytes();
        long out = product.out.data().address() + group.first() * rowBytes + 4L * row;
        set(call, StripCode.Call.OUT, out);
    }

    /// Lets a call that points at a group's tokens go on to the groups after it.
    private void aimAtGroups(MemorySegment call, Product product, Stretch stretch) {
        int tokens = stretch.first.count();
        long values = (long) product.weight.cols() * tokens;
        RoundedRows rows = product.decoder.isWords() ? words.orElseThrow() : rounded;
        boolean floats = product.decoder.isFloat();
        set(call, StripCode.Call.GROUPS, stretch.groups);
        set(call, StripCode.Call.X_STEP, floats ? Float.BYTES * values : rows.valuesStep(tokens));
        set(call, StripCode.Call.X_SCALES_STEP, rows.scalesStep(tokens));
        set(
                call,
                StripCode.Call.X_SUMS_STEP,
                Float.BYTES * (values / product.decoder.groupLength()));
        set(call, StripCode.Call.GROUP_OUT, call.get(ValueLayout.JAVA_LONG, StripCode.Call.OUT));
        set(call, StripCode.Call.GROUP_OUT_STEP, stretch.first.count() * product.out.rowBytes());
    }

    private static void set(MemorySegment call, int offset, long value) {
        call.set(ValueLayout.JAVA_LONG, offset, value);
    }
}
