package dev.weir.offload.json;

/** A text is no document: the message has the path in it, why, and what to do. */
public final class JsonFormatException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int MAX_PATH = 200;

    JsonFormatException(String path, String reason) {
        super(shown(path) + ": " + reason, null, false, false);
    }

    /** Keys are the writer's of the text: they may be long, and have anything in them. */
    private static String shown(String path) {
        String whole = path.endsWith(".") ? path.substring(0, path.length() - 1) : path;
        String start = whole.length() <= MAX_PATH ? whole : whole.substring(0, MAX_PATH) + "...";
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
