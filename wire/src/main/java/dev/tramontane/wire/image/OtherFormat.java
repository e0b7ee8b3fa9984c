package dev.tramontane.wire.image;

/// What people send that is not read here, told from its first bytes.
enum OtherFormat {
    TIFF("a TIFF", "II*\0", 0),
    BIG_ENDIAN_TIFF("a TIFF", "MM\0*", 0),
    BMP("a BMP", "BM", 0),
    PDF("a PDF", "%PDF", 0),
    AVIF("an AVIF", "ftypavif", 4),
    HEIC("a HEIC", "ftyphei", 4),
    HEIF("a HEIF", "ftypmif1", 4),
    SVG("an SVG", "<svg", 0),
    XML("XML, perhaps an SVG", "<?xml", 0),
    HTML("an HTML page", "<!DOCTYPE", 0);

    private final String spelling;
    private final String signature;
    private final int place;

    OtherFormat(String spelling, String signature, int place) {
        this.spelling = spelling;
        this.signature = signature;
        this.place = place;
    }

    static String name(byte[] file) {
        if (file.length == 0) {
            return "an empty file";
        }
        for (OtherFormat format : values()) {
            if (Bytes.has(file, format.place, format.signature)) {
                return format.spelling;
            }
        }
        return "a file of no known format";
    }
}
