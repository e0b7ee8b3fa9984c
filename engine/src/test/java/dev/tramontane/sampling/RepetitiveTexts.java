package dev.tramontane.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Texts that repeat their form and are no circles: what models write when they are asked for
/// tables, data, drawings, numbers and formulas. Seeded.
final class RepetitiveTexts {
    /// What a text is.
    enum Kind {
        TABLE,
        CSV,
        JSON,
        SVG,
        NUMBERS,
        LATEX,
        MARKUP,
        LANGUAGES
    }

    private static final List<String> WORDS =
            List.of(
                    ("river stone amber quiet lantern copper meadow signal harbor winter basket"
                                    + " thunder velvet orchard compass marble falcon ribbon"
                                    + " granite saffron willow ember canyon pebble")
                            .split(" "));

    private static final List<String> NAMES =
            List.of("Ana Bo Chen Dana Emil Fatma Goran Hana Igor Jun Kofi Lena".split(" "));

    private static final List<String> STATES = List.of("open", "closed", "pending", "failed");

    /// Words of nine languages; sentences are made of one line's.
    private static final List<List<String>> LANGUAGES =
            List.of(
                    words(
                            "the train leaves early and nobody asks why because rain falls softly over old roofs"),
                    words(
                            "le vent souffle depuis trois jours sur la mer et personne ne sait pourquoi il"),
                    words(
                            "der alte Hafen liegt still unter dem Regen und niemand weiß warum die Möwen"),
                    words(
                            "la luna sube despacio sobre el campo mientras los perros duermen cerca del río"),
                    words(
                            "il treno parte presto e nessuno chiede perché piove piano sopra i tetti vecchi"),
                    words(
                            "القطار يغادر باكرا ولا أحد يسأل لماذا لأن المطر يسقط بهدوء فوق السطوح القديمة"),
                    words(
                            "поезд уходит рано и никто не спрашивает почему потому что дождь тихо идёт над"),
                    words("火车 很早 离开 没有 人 问 为什么 因为 雨 轻轻地 落在 老 屋顶 上"),
                    words("電車 は 早く 出て 誰も 理由 を 聞かない なぜなら 雨 が 静かに 屋根 に 降る"));

    private final Random random;

    RepetitiveTexts(long seed) {
        this.random = new Random(seed);
    }

    private static List<String> words(String line) {
        return List.of(line.split(" "));
    }

    /// The next text of a kind, of a few hundred to some ten thousand tokens.
    String next(Kind kind) {
        List<Supplier<String>> forms =
                switch (kind) {
                    case TABLE ->
                            List.of(
                                    this::table,
                                    this::numbersTable,
                                    this::truthTable,
                                    this::boxTable,
                                    this::timesTable);
                    case CSV -> List.of(this::csv, this::measurements, this::sparse);
                    case JSON ->
                            List.of(this::records, this::prettyRecords, this::matrix, this::points);
                    case SVG -> List.of(this::bars, this::polyline, this::grid, this::path);
                    case NUMBERS ->
                            List.of(
                                    this::counted,
                                    this::squares,
                                    this::decimals,
                                    this::digits,
                                    this::bits,
                                    this::hexadecimal,
                                    this::primes);
                    case LATEX -> List.of(this::latexMatrix, this::aligned, this::tabular);
                    case MARKUP -> List.of(this::htmlTable, this::yaml, this::log, this::sql);
                    case LANGUAGES -> List.of(this::prose, this::list);
                };
        return forms.get(random.nextInt(forms.size())).get();
    }

    private int rows() {
        return 20 + random.nextInt(280);
    }

    private String word() {
        return pick(WORDS);
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String decimal(int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", random.nextDouble() * 100);
    }

    private String date() {
        return "20%02d-%02d-%02d"
                .formatted(random.nextInt(30), 1 + random.nextInt(12), 1 + random.nextInt(28));
    }

    private static String lines(int count, IntFunction<String> line) {
        return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining("\n"));
    }

    private static String joined(int count, String between, IntFunction<String> part) {
        return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(between));
    }

    private String table() {
        return "| No. | Name | Place | State | Sum |\n| --- | --- | --- | --- | --- |\n"
                + lines(
                        rows(),
                        i ->
                                "| %d | %s | %s | %s | %s |"
                                        .formatted(
                                                i + 1,
                                                pick(NAMES),
                                                word(),
                                                pick(STATES),
                                                decimal(2)));
    }

    private String numbersTable() {
        int columns = 3 + random.nextInt(9);
        int most = 10 + random.nextInt(990);
        return lines(
                rows(), _ -> "| " + joined(columns, " | ", _ -> "" + random.nextInt(most)) + " |");
    }

    private String truthTable() {
        int inputs = 4 + random.nextInt(5);
        List<String> signs = random.nextBoolean() ? List.of("F", "T") : List.of("0", "1");
        long outputs = random.nextLong();
        return lines(
                1 << inputs,
                row ->
                        "| "
                                + joined(inputs, " | ", bit -> signs.get(row >> bit & 1))
                                + " | "
                                + signs.get((int) (outputs >>> (row % 64) & 1))
                                + " |");
    }

    private String boxTable() {
        return "┌──────────┬────────┐\n"
                + lines(
                        rows(),
                        _ -> String.format(Locale.ROOT, "│ %-8s │ %6s │", word(), decimal(1)))
                + "\n└──────────┴────────┘";
    }

    private String timesTable() {
        int size = 10 + random.nextInt(11);
        return lines(
                size * size,
                i -> {
                    int a = i / size + 1;
                    int b = i % size + 1;
                    return a + " x " + b + " = " + a * b;
                });
    }

    private String csv() {
        return "id,name,place,date,amount,state\n"
                + lines(
                        rows(),
                        i ->
                                "%d,%s,%s,%s,%s,%s"
                                        .formatted(
                                                1000 + i,
                                                pick(NAMES),
                                                word(),
                                                date(),
                                                decimal(2),
                                                pick(STATES)));
    }

    private String measurements() {
        int columns = 2 + random.nextInt(10);
        int digits = 1 + random.nextInt(4);
        return lines(3 * rows(), _ -> joined(columns, ",", _ -> decimal(digits)));
    }

    private String sparse() {
        int columns = 8 + random.nextInt(12);
        return lines(
                rows(),
                _ ->
                        joined(
                                columns,
                                ",",
                                _ -> random.nextInt(6) == 0 ? "" + random.nextInt(9) : "0"));
    }

    private String records() {
        return "["
                + joined(
                        rows(),
                        ", ",
                        i ->
                                "{\"id\": %d, \"name\": \"%s\", \"tags\": [\"%s\", \"%s\"], \"ok\": %b}"
                                        .formatted(
                                                i,
                                                pick(NAMES),
                                                word(),
                                                word(),
                                                random.nextBoolean()))
                + "]";
    }

    private String prettyRecords() {
        return "[\n"
                + joined(
                        rows(),
                        ",\n",
                        i ->
                                """
                                  {
                                    "id": %d,
                                    "customer": "%s %s",
                                    "created": "%sT%02d:%02d:00Z",
                                    "total": %s
                                  }\
                                """
                                        .formatted(
                                                i,
                                                pick(NAMES),
                                                word(),
                                                date(),
                                                random.nextInt(24),
                                                random.nextInt(60),
                                                decimal(2)))
                + "\n]";
    }

    private String matrix() {
        int columns = 3 + random.nextInt(15);
        int most = 2 + random.nextInt(100);
        return "["
                + joined(
                        columns * 4,
                        ",\n ",
                        _ -> "[" + joined(columns, ", ", _ -> "" + random.nextInt(most)) + "]")
                + "]";
    }

    private String points() {
        return "{\"points\":["
                + joined(
                        2 * rows(),
                        ",",
                        _ ->
                                "{\"x\":"
                                        + random.nextInt(800)
                                        + ",\"y\":"
                                        + random.nextInt(600)
                                        + "}")
                + "]}";
    }

    private String bars() {
        return svg(
                lines(
                        rows(),
                        i -> {
                            int height = 10 + random.nextInt(380);
                            return "  <rect x=\"%d\" y=\"%d\" width=\"8\" height=\"%d\" fill=\"steelblue\"/>"
                                    .formatted(10 * i, 400 - height, height);
                        }));
    }

    private String polyline() {
        return svg(
                "  <polyline fill=\"none\" stroke=\"black\" points=\""
                        + joined(3 * rows(), " ", i -> 4 * i + "," + random.nextInt(400))
                        + "\"/>");
    }

    private String grid() {
        int size = 6 + random.nextInt(14);
        List<String> colors = List.of("#fff", "#e44", "#4a4", "#44e");
        return svg(
                lines(
                        size * size,
                        i ->
                                "  <circle cx=\"%d\" cy=\"%d\" r=\"9\" fill=\"%s\"/>"
                                        .formatted(
                                                20 * (i % size) + 10,
                                                20 * (i / size) + 10,
                                                pick(colors))));
    }

    private String path() {
        return svg(
                "  <path d=\"M 0 0 "
                        + joined(
                                rows(),
                                " ",
                                _ ->
                                        "C %s %s %s %s %s %s"
                                                .formatted(
                                                        decimal(1),
                                                        decimal(1),
                                                        decimal(1),
                                                        decimal(1),
                                                        decimal(1),
                                                        decimal(1)))
                        + "\"/>");
    }

    private static String svg(String body) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 400\">\n"
                + body
                + "\n</svg>";
    }

    private String separator() {
        return pick(List.of(", ", ",", "\n", " ", "; ", "\t"));
    }

    private String counted() {
        int step = 1 + random.nextInt(12);
        return joined(5 * rows(), separator(), i -> "" + (i + 1) * step);
    }

    private String squares() {
        return lines(
                2 * rows(), i -> i + "² = " + (long) i * i + ", " + i + "³ = " + (long) i * i * i);
    }

    private String decimals() {
        int digits = 1 + random.nextInt(6);
        return joined(5 * rows(), separator(), _ -> decimal(digits));
    }

    private String digits() {
        return joined(20 * rows(), "", _ -> "" + random.nextInt(10));
    }

    private String bits() {
        int width = 4 + random.nextInt(13);
        return joined(3 * rows(), separator(), _ -> joined(width, "", _ -> "" + random.nextInt(2)));
    }

    private String hexadecimal() {
        return lines(
                rows(),
                i ->
                        "%08x  ".formatted(16 * i)
                                + joined(16, " ", _ -> "%02x".formatted(random.nextInt(256))));
    }

    private String primes() {
        return IntStream.iterate(2, i -> i + 1)
                .filter(i -> IntStream.rangeClosed(2, (int) Math.sqrt(i)).allMatch(d -> i % d != 0))
                .limit(4L * rows())
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(separator()));
    }

    private String latexMatrix() {
        int size = 3 + random.nextInt(12);
        int most = 3 + random.nextInt(97);
        return "\\[\n\\begin{pmatrix}\n"
                + lines(
                        size,
                        _ -> joined(size, " & ", _ -> "" + (random.nextInt(most) - 2)) + " \\\\")
                + "\n\\end{pmatrix}\n\\]";
    }

    private String aligned() {
        return "\\begin{align*}\n"
                + lines(
                        rows() / 2,
                        i ->
                                "\\sum_{k=1}^{%d} k^{%d} &= \\frac{%d}{%d} + \\int_0^{%d} x^{%d}\\,dx \\\\"
                                        .formatted(
                                                i + 1,
                                                random.nextInt(5),
                                                random.nextInt(100),
                                                1 + random.nextInt(50),
                                                i,
                                                random.nextInt(9)))
                + "\n\\end{align*}";
    }

    private String tabular() {
        return "\\begin{tabular}{lrr}\n"
                + lines(
                        rows(),
                        _ -> "%s & %s & %s \\\\ \\hline".formatted(word(), decimal(1), decimal(3)))
                + "\n\\end{tabular}";
    }

    private String htmlTable() {
        return "<table>\n"
                + lines(
                        rows(),
                        i ->
                                "  <tr><td>%d</td><td>%s</td><td class=\"num\">%s</td></tr>"
                                        .formatted(i, word(), decimal(2)))
                + "\n</table>";
    }

    private String yaml() {
        return lines(
                rows(),
                i ->
                        "- name: %s-%d\n  image: registry.example/%s:%d.%d\n  replicas: %d"
                                .formatted(
                                        word(),
                                        i,
                                        word(),
                                        random.nextInt(9),
                                        random.nextInt(30),
                                        1 + random.nextInt(5)));
    }

    private String log() {
        return lines(
                rows(),
                i ->
                        "%s %02d:%02d:%02d INFO  [worker-%d] %s %s in %d ms"
                                .formatted(
                                        "2026-03-14",
                                        i / 60 % 24,
                                        i % 60,
                                        random.nextInt(60),
                                        random.nextInt(8),
                                        pick(List.of("stored", "read", "sent")),
                                        word(),
                                        random.nextInt(500)));
    }

    private String sql() {
        return lines(
                rows(),
                i ->
                        "INSERT INTO orders (id, place, total) VALUES (%d, '%s', %s);"
                                .formatted(i, word(), decimal(2)));
    }

    private String prose() {
        List<String> words = pick(LANGUAGES);
        List<String> sentences = new ArrayList<>();
        for (int i = rows(); i > 0; i--) {
            sentences.add(joined(5 + random.nextInt(12), " ", _ -> pick(words)) + ".");
        }
        return String.join(" ", sentences);
    }

    private String list() {
        List<String> words = pick(LANGUAGES);
        return lines(
                rows(), i -> (i + 1) + ". " + pick(words) + " " + pick(words) + ": " + pick(words));
    }
}
