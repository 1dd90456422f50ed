package dev.weir.cli.boxes;

import dev.weir.cli.CommandException;
import dev.weir.dataplane.nodes.IpPrefix;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads associations from a file into a table, a line each: {@code VLAN DESTINATION VNI REMOTE REMOTE-MAC INNER-MAC}, words between blanks or
 * commas, {@code #} begins a comment. A destination with a prefix length stands for each of its addresses.
 */
final class AssociationFile {
    private static final String FORM = "write VLAN DESTINATION VNI REMOTE REMOTE-MAC INNER-MAC";
    private static final int WORDS = 6, MOST_VLAN = 4094, MOST_VNI = (1 << 24) - 1, MOST_BITS = 28;

    private final String file;
    private final int family;
    private final Associations into;
    private int line;

    private AssociationFile(String file, int family, Associations into) {
        this.file = file;
        this.family = family;
        this.into = into;
    }

    /**
     * Reads all of it; stops at the first fault, which it tells by line.
     *
     * @param family of the tunnel's near end, which the far ends have too
     */
    static void read(String file, int family, Associations into) throws CommandException {
        AssociationFile reader = new AssociationFile(file, family, into);
        try (BufferedReader lines = Files.newBufferedReader(Path.of(file))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                reader.line++;
                reader.read(text);
            }
        } catch (NoSuchFileException | InvalidPathException e) {
            throw CommandException.failed(file + ": no such file; give the name of one", e);
        } catch (CharacterCodingException e) {
            throw CommandException.failed(file + ": is no text in UTF-8; give another file", e);
        } catch (IOException e) {
            throw CommandException.failed(file + ": cannot be read: " + e.getMessage() + "; give another file", e);
        }
    }

    private void read(String text) throws CommandException {
        int comment = text.indexOf('#');
        String said = (comment < 0 ? text : text.substring(0, comment)).strip();
        if (said.isEmpty()) return;
        String[] words = said.split("[\\s,]+", -1);
        if (words.length != WORDS) throw fault(words.length + " words where there should be " + WORDS, FORM);
        int vlan = number("VLAN", words[0], 1, MOST_VLAN);
        IpPrefix destination = prefix(words[1]);
        int vni = number("VNI", words[2], 0, MOST_VNI);
        IpPrefix remote = prefix(words[3]);
        if (remote.length() != bits(remote)) throw fault("'" + words[3] + "' is no single address", FORM);
        if (remote.family() != family) {
            throw fault(
                    "'" + words[3] + "' is of another family than the near end", "give an IPv" + family + " address");
        }
        Vtep vtep = new Vtep(remote, mac(words[4]));
        put(vlan, destination, vni, vtep, mac(words[5]));
    }

    private void put(int vlan, IpPrefix destination, int vni, Vtep vtep, long innerMac) throws CommandException {
        int free = bits(destination) - destination.length();
        if (free > MOST_BITS) throw fault("the prefix has too many addresses", "give one of at most 2^" + MOST_BITS);
        for (long i = 0; i < 1L << free; i++) {
            boolean done = into.put(
                    destination.family(), destination.high(), destination.low() + i, vlan, vni, vtep, innerMac);
            if (!done) {
                throw fault(
                        "there is no room for more than " + into.capacity() + " associations, or "
                                + Associations.MOST_VTEPS + " remote ends",
                        "give a larger --max-associations, or fewer remote ends");
            }
        }
    }

    private static int bits(IpPrefix prefix) {
        return prefix.family() == 4 ? 32 : 128;
    }

    private IpPrefix prefix(String word) throws CommandException {
        try {
            return IpPrefix.of(word);
        } catch (IllegalArgumentException e) {
            throw fault(String.valueOf(e.getMessage()), FORM);
        }
    }

    private long mac(String word) throws CommandException {
        if (!word.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            throw fault("'" + word + "' is no Ethernet address", "give one like 02:00:00:00:00:01");
        }
        return Long.parseLong(word.replace(":", ""), 16);
    }

    private int number(String what, String word, int least, int most) throws CommandException {
        if (!word.matches("[0-9]{1,9}") || Integer.parseInt(word) < least || Integer.parseInt(word) > most) {
            throw fault("'" + word + "' is no " + what, "give " + least + " to " + most);
        }
        return Integer.parseInt(word);
    }

    private CommandException fault(String what, String remedy) {
        return CommandException.failed(file + ":" + line + ": " + what + "; " + remedy);
    }
}
