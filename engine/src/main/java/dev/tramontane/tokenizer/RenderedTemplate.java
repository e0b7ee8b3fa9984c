package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.Tokenizer.Span;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A rendered chat template, taken apart at the special tokens that the template itself spells.
///
/// At each place the longest spelling counts. A spelling counts only where the template wrote all
/// of it; spans of the template that touch are one text.
final class RenderedTemplate {
    /// Text between special tokens, or one of them.
    sealed interface Part {
        /// @param first whether nothing is in front of it
        record Text(String text, boolean first) implements Part {}

        record Mark(int id) implements Part {}
    }

    private final Vocabulary vocabulary;
    private final StringBuilder waiting = new StringBuilder(); // text since the last mark
    private final List<Part> parts = new ArrayList<>();
    private boolean stripNext; // the last mark takes the white space that follows it

    private RenderedTemplate(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    static List<Part> parts(List<Span> rendered, Vocabulary vocabulary) {
        var template = new RenderedTemplate(vocabulary);
        var own = new StringBuilder();
        long length = 0;
        for (Span span : rendered) {
            length += span.text().length();
            Utf8.checkLength(length);
            if (span.fromTemplate()) {
                own.append(span.text());
            } else if (!span.text().isEmpty()) {
                template.addOwn(own.toString());
                own.setLength(0);
                template.addText(span.text());
            }
        }
        template.addOwn(own.toString());
        template.flush();
        return template.parts;
    }

    private void addOwn(String text) {
        int from = 0;
        for (int at = 0; at < text.length(); ) {
            Optional<Spelling> found = vocabulary.spellings().at(text, at);
            if (found.isEmpty()) {
                at++;
                continue;
            }
            addText(text.substring(from, at));
            addMark(found.get());
            at += found.get().text().length();
            from = at;
        }
        addText(text.substring(from));
    }

    private void addText(String text) {
        String kept = stripNext ? text.stripLeading() : text;
        stripNext &= kept.isEmpty();
        waiting.append(kept);
    }

    private void addMark(Spelling mark) {
        if (mark.stripsBefore()) {
            waiting.setLength(waiting.toString().stripTrailing().length());
        }
        flush();
        parts.add(new Part.Mark(mark.id()));
        stripNext = mark.stripsAfter();
    }

    private void flush() {
        if (!waiting.isEmpty()) {
            parts.add(new Part.Text(waiting.toString(), parts.isEmpty()));
            waiting.setLength(0);
        }
    }
}
