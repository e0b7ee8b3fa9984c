package dev.tramontane.chat;

/// What control says in a model's place, inside its thinking.
///
/// @param goOn leads a thought on that would have ended
/// @param closing the last sentence of a thought that is closed, where the request wants one
record ControlTexts(String goOn, String closing) {
    /// The texts of a language.
    static ControlTexts in(Language language) {
        return switch (language) {
            case ENGLISH -> new ControlTexts("Wait,", "I have thought enough; here is my answer.");
            case FRENCH -> new ControlTexts("Attends,", "J'ai assez réfléchi ; voici ma réponse.");
            case GERMAN ->
                    new ControlTexts(
                            "Moment,", "Ich habe genug nachgedacht; hier ist meine Antwort.");
            case SPANISH ->
                    new ControlTexts("Espera,", "Ya he pensado bastante; esta es mi respuesta.");
            case ITALIAN ->
                    new ControlTexts("Aspetta,", "Ho riflettuto abbastanza; ecco la mia risposta.");
            case ARABIC -> new ControlTexts("انتظر،", "لقد فكرت بما يكفي، وهذه إجابتي.");
            case RUSSIAN -> new ControlTexts("Подожди,", "Я подумал достаточно, вот мой ответ.");
            case CHINESE -> new ControlTexts("等等，", "我已经想得够多了，下面是我的回答。");
            case JAPANESE -> new ControlTexts("待って、", "十分に考えました。これが答えです。");
        };
    }
}
