package dev.tramontane.server.document;

/// A document that cannot be made text: its sender must send another.
public final class DocumentException extends Exception {
    private static final long serialVersionUID = 1L;

    DocumentException(String message) {
        super(message);
    }
}
