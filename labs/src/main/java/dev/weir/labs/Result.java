package dev.weir.labs;

/**
 * What a program said and how it ended.
 *
 * @param command as a person would type it
 * @param status its exit status; 124 where it was ended because it took too long
 * @param out both of its outputs, as they came
 */
public record Result(String command, int status, String out) {
    /** The last line that says something. */
    public String lastLine() {
        String text = out.strip();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    @Override
    public String toString() {
        return command + " ended with " + status + "\n" + out;
    }
}
