package dev.tramontane.server;

/// What a stranger sent, as part of a message.
final class Printable {
    private static final int LONGEST = 80;

    private Printable() {}

    static String shortened(String text) {
        String clean = text.replaceAll("\\p{Cntrl}+", " ");
        return clean.length() > LONGEST ? clean.substring(0, LONGEST) + "…" : clean;
    }
}
