package dev.tramontane.eval.items;

import dev.tramontane.eval.Reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes items of rows.
///
/// @param shape how rows hold them
/// @param extra fields that every item gets, such as its language
public record ItemMaker(ItemShape shape, Map<String, String> extra) {
    private static final Pattern CHOICE = Pattern.compile("(?m)^\\s*\\(?([A-Z])[.):]\\s+(\\S.*)$");

    public ItemMaker {
        extra = Map.copyOf(extra);
    }

    /// @param number of the row among those that are kept, from 1
    /// @throws ItemException when the row lacks something
    public Item item(Row row, int number) throws ItemException {
        try {
            return switch (shape) {
                case ItemShape.QuestionAndAnswer it ->
                        new Item(
                                id(it.id(), row, number),
                                fields(row, it.question()),
                                new Item.Fixed(new Reference.Text(answers(row, it))));
                case ItemShape.RightAndWrong it -> {
                    List<String> wrong = new ArrayList<>();
                    for (String column : it.wrong()) {
                        row.texts(column).forEach(text -> wrong.add(text.strip()));
                    }
                    yield new Item(
                            id(it.id(), row, number),
                            fields(row, it.question()),
                            new Item.Shuffled(row.text(it.right()).strip(), wrong));
                }
                case ItemShape.Examination it -> {
                    String question = row.text(it.question());
                    String answer = row.text(it.answer()).strip();
                    boolean isChoice = row.text(it.type()).equals("multipleChoice");
                    yield new Item(
                            id(it.id(), row, number),
                            fields(row, it.question()),
                            new Item.Fixed(examined(question, answer, isChoice)));
                }
                case ItemShape.LiveCode _ -> LiveCodeItems.item(row, extra);
            };
        } catch (IllegalArgumentException e) {
            throw new ItemException(row.place() + ": " + e.getMessage(), e);
        }
    }

    private String id(Optional<String> column, Row row, int number) throws ItemException {
        String language = extra.containsKey(Item.LANGUAGE) ? extra.get(Item.LANGUAGE) + "-" : "";
        return column.isPresent() ? language + row.text(column.get()) : language + number;
    }

    private Map<String, String> fields(Row row, String question) throws ItemException {
        Map<String, String> fields = new LinkedHashMap<>(extra);
        fields.put(Item.QUESTION, row.text(question).strip());
        return fields;
    }

    private static List<String> answers(Row row, ItemShape.QuestionAndAnswer it)
            throws ItemException {
        List<String> answers = new ArrayList<>();
        for (String text : row.texts(it.answer())) {
            String answer = text.strip();
            if (it.behind().isPresent()) {
                int mark = text.lastIndexOf(it.behind().get());
                if (mark < 0) {
                    throw new ItemException(
                            "%s: %s has no %s, expected the answer behind it"
                                    .formatted(row.place(), it.answer(), it.behind().get()));
                }
                answer = text.substring(mark + it.behind().get().length()).strip();
            }
            answers.add(answer);
        }
        return answers;
    }

    /// The key of an examination's question; choices are found in its text.
    private static Reference examined(String question, String answer, boolean isChoice) {
        List<String> choices = new ArrayList<>();
        Matcher choice = CHOICE.matcher(question);
        while (choice.find()) {
            if (choice.group(1).charAt(0) == 'A' + choices.size()) {
                choices.add(choice.group(2).strip());
            }
        }
        boolean isLetter = answer.matches("[A-Z]") && answer.charAt(0) < 'A' + choices.size();
        return isChoice && isLetter
                ? new Reference.Choice(answer.charAt(0), choices)
                : new Reference.Text(List.of(answer));
    }
}
