package dev.weir.cli.flowtable;

import dev.weir.cli.CommandException;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Documents in files, or on standard input. */
final class DocumentFile {
    private DocumentFile() {}

    /** @param file {@code -} for standard input */
    static Document read(String file) throws CommandException {
        try {
            return JsonDocuments.read(file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file)));
        } catch (JsonFormatException e) {
            throw CommandException.failed(file + ": " + e.getMessage(), e);
        } catch (NoSuchFileException e) {
            throw CommandException.failed(file + ": no such file; give the name of one, or - for standard input", e);
        } catch (InvalidPathException | IOException e) {
            throw CommandException.failed(
                    file + ": cannot be read: " + e.getMessage() + "; give the name of a file, or - for standard input",
                    e);
        }
    }
}
