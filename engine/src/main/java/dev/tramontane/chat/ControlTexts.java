package dev.tramontane.chat;

/// What control says in a model's place, inside its thinking.
///
/// @param goOn leads a thought on that would have ended
/// @param closing the last sentence of a thought that is closed, where the request wants one
/// @param nudge what a thought that goes in circles is told, once
record ControlTexts(String goOn, String closing, String nudge) {
    /// The texts of a language.
    static ControlTexts in(Language language) {
        return switch (language) {
            case ENGLISH ->
                    new ControlTexts(
                            "Wait,",
                            "I have thought enough; here is my answer.",
                            "I am going in circles. Let me stop, look at what I have, and go on from there.");
            case FRENCH ->
                    new ControlTexts(
                            "Attends,",
                            "J'ai assez réfléchi ; voici ma réponse.",
                            "Je tourne en rond. Je m'arrête, je regarde ce que j'ai et je repars de là.");
            case GERMAN ->
                    new ControlTexts(
                            "Moment,",
                            "Ich habe genug nachgedacht; hier ist meine Antwort.",
                            "Ich drehe mich im Kreis. Ich halte an, sehe mir an, was ich habe, und mache von dort aus weiter.");
            case SPANISH ->
                    new ControlTexts(
                            "Espera,",
                            "Ya he pensado bastante; esta es mi respuesta.",
                            "Estoy dando vueltas en círculo. Me detengo, miro lo que tengo y sigo desde ahí.");
            case ITALIAN ->
                    new ControlTexts(
                            "Aspetta,",
                            "Ho riflettuto abbastanza; ecco la mia risposta.",
                            "Sto girando in tondo. Mi fermo, guardo quello che ho e riparto da lì.");
            case ARABIC ->
                    new ControlTexts(
                            "انتظر،",
                            "لقد فكرت بما يكفي، وهذه إجابتي.",
                            "أنا أدور في حلقة مفرغة. سأتوقف وأنظر فيما توصلت إليه ثم أكمل من هناك.");
            case RUSSIAN ->
                    new ControlTexts(
                            "Подожди,",
                            "Я подумал достаточно, вот мой ответ.",
                            "Я хожу по кругу. Остановлюсь, посмотрю, что у меня есть, и продолжу оттуда.");
            case CHINESE ->
                    new ControlTexts("等等，", "我已经想得够多了，下面是我的回答。", "我在兜圈子。先停下来，看看已经得出的结论，再从那里继续。");
            case JAPANESE ->
                    new ControlTexts(
                            "待って、",
                            "十分に考えました。これが答えです。",
                            "堂々巡りになっている。いったん止まって、分かったことを確かめ、そこから先へ進もう。");
        };
    }
}
