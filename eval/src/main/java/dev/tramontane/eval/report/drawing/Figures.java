package dev.tramontane.eval.report.drawing;

import java.util.List;

/// A table of figures.
///
/// @param columns its head
/// @param texts how many columns, from the first, are names rather than numbers; the last column is
///   one where it is called `source`
public record Figures(List<String> columns, int texts, List<Row> rows) {
    /// The head of a column that says where a figure is from.
    public static final String SOURCE = "source";

    /// @param cells one for each column; empty for what is not known
    /// @param published whether others measured it
    public record Row(List<String> cells, boolean published) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    public Figures {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        for (Row row : rows) {
            if (row.cells().size() != columns.size()) {
                throw new IllegalArgumentException(
                        row.cells().size() + " cells, expected " + columns.size());
            }
        }
    }

    private boolean isText(int column) {
        return column < texts || columns.get(column).equals(SOURCE);
    }

    /// The table, for a page that has the style sheet.
    public String html() {
        var out = new StringBuilder("<table class=\"data\"><thead>");
        out.append(html(columns, "th scope=\"col\"", "<tr>")).append("</thead><tbody>\n");
        for (Row row : rows) {
            out.append(
                    html(row.cells(), "td", row.published() ? "<tr class=\"published\">" : "<tr>"));
        }
        return out.append("</tbody></table>").toString();
    }

    private String html(List<String> cells, String tag, String start) {
        var out = new StringBuilder(start);
        for (int i = 0; i < cells.size(); i++) {
            out.append('<').append(tag).append(isText(i) ? " class=\"text\">" : ">");
            out.append(SvgDrawing.escaped(cells.get(i)));
            out.append("</").append(tag, 0, 2).append('>');
        }
        return out.append("</tr>\n").toString();
    }
}
