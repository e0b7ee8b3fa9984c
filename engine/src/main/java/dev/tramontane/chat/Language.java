package dev.tramontane.chat;

import dev.tramontane.chat.Message.UserMessage;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The languages that control can write in: those that the Magistral cards name.
///
/// The language of a conversation is guessed from the last thing its person said: the script where
/// that decides, else how many of each language's commonest little words stand there. It is a guess
/// for a sentence of control's own, no more; English where nothing speaks for another.
enum Language {
    ENGLISH("the of and is to what how that it you are in for do does with this there many"),
    FRENCH("le la les des une est et que qui dans pour combien quel quelle du au pas sur je vous"),
    GERMAN("der die das und ist ein eine nicht wie viele was zu mit von den ich es auf sind im"),
    SPANISH("el la los las de que es una cuántos cuál cómo por para con y del qué no se en"),
    ITALIAN("il lo la gli che è di una quanti quale come per con e del della non si sono in"),
    ARABIC(""),
    RUSSIAN(""),
    CHINESE(""),
    JAPANESE("");

    /// Characters that are looked at: enough to tell, and no cost for a pasted book.
    private static final int LONGEST_SAMPLE_CHARS = 4000;

    private static final List<Language> LATIN = List.of(ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN);

    private final String words;

    Language(String words) {
        this.words = " " + words + " ";
    }

    private boolean has(String word) {
        return words.contains(" " + word + " ");
    }

    /// The language of a conversation.
    static Language of(List<Message> messages) {
        for (Message message : messages.reversed()) {
            if (message instanceof UserMessage(List<Chunk> content)) {
                String text =
                        content.stream()
                                .map(
                                        chunk ->
                                                chunk instanceof Chunk.TextChunk(String part)
                                                        ? part
                                                        : "")
                                .collect(Collectors.joining("\n"));
                if (!text.isBlank()) {
                    return of(text);
                }
            }
        }
        return ENGLISH;
    }

    /// The language of a text, by its beginning.
    static Language of(String text) {
        String sample = text.substring(0, Math.min(text.length(), LONGEST_SAMPLE_CHARS));
        Map<Character.UnicodeScript, Long> scripts =
                sample.codePoints()
                        .filter(Character::isLetter)
                        .mapToObj(Character.UnicodeScript::of)
                        .collect(Collectors.groupingBy(script -> script, Collectors.counting()));
        long kana =
                count(scripts, Character.UnicodeScript.HIRAGANA)
                        + count(scripts, Character.UnicodeScript.KATAKANA);
        long han = count(scripts, Character.UnicodeScript.HAN);
        long arabic = count(scripts, Character.UnicodeScript.ARABIC);
        long cyrillic = count(scripts, Character.UnicodeScript.CYRILLIC);
        long letters = scripts.values().stream().mapToLong(Long::longValue).sum();
        // A few Latin letters are in every question about a formula: a third decides.
        if (3 * (kana + han) > letters) {
            return kana > 0 ? JAPANESE : CHINESE;
        }
        if (3 * arabic > letters) {
            return ARABIC;
        }
        return 3 * cyrillic > letters ? RUSSIAN : byWords(sample);
    }

    private static long count(
            Map<Character.UnicodeScript, Long> scripts, Character.UnicodeScript script) {
        return scripts.getOrDefault(script, 0L);
    }

    private static Language byWords(String text) {
        String[] words = text.toLowerCase(Locale.ROOT).split("[^\\p{L}]+");
        Language likeliest = ENGLISH;
        long most = 0;
        for (Language language : LATIN) {
            long found = Stream.of(words).filter(language::has).count();
            if (found > most) {
                most = found;
                likeliest = language;
            }
        }
        return likeliest;
    }
}
