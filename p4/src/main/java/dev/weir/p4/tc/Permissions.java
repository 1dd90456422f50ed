package dev.weir.p4.tc;

import org.jspecify.annotations.Nullable;

/**
 * Who may do what with a table or an entry: create, read, update, delete, execute, publish, subscribe, each from the control path and from the
 * data path. Seven bits for each, those of the control path above.
 */
public record Permissions(int bits) {
    private static final String LETTERS = "CRUDXPS";
    private static final int PATH = LETTERS.length();
    private static final int ALL = (1 << (2 * PATH)) - 1;

    /** Of a table that packets add to, of another table, of what is constant, of a program that says nothing. */
    public static final Permissions ADD_ON_MISS = new Permissions(0x3de6),
            TABLE = new Permissions(0x3da4),
            CONSTANT = new Permissions(0x1024),
            EVERYTHING = new Permissions(ALL);

    public Permissions {
        if ((bits & ~ALL) != 0) {
            throw new IllegalArgumentException(
                    "permissions: 0x" + Integer.toHexString(bits) + " has more than 14 bits");
        }
    }

    /** What may be asked for. */
    public enum Right {
        CREATE('C'),
        READ('R'),
        UPDATE('U'),
        DELETE('D'),
        EXECUTE('X'),
        PUBLISH('P'),
        SUBSCRIBE('S');

        private final int bit;

        Right(char letter) {
            bit = PATH - 1 - LETTERS.indexOf(letter);
        }
    }

    /** Of {@code "CRUDPS:CRXP"}: control path, data path; null when it is none. */
    public static @Nullable Permissions parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) return null;
        int control = path(text.substring(0, colon)), data = path(text.substring(colon + 1));
        return control < 0 || data < 0 ? null : new Permissions(control << PATH | data);
    }

    private static int path(String letters) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            int at = LETTERS.indexOf(letters.charAt(i));
            if (at < 0) return -1;
            bits |= 1 << (PATH - 1 - at);
        }
        return bits;
    }

    public boolean allowControl(Right right) {
        return (bits >> (PATH + right.bit) & 1) != 0;
    }

    public boolean allowData(Right right) {
        return (bits >> right.bit & 1) != 0;
    }

    /** Those of an entry that a packet adds: nobody creates an entry with an entry. */
    public Permissions ofEntry() {
        int create = 1 << Right.CREATE.bit;
        return new Permissions(bits & ~create & ~(create << PATH));
    }

    public boolean contain(Permissions others) {
        return (others.bits & ~bits) == 0;
    }

    /** {@code 0x3de6}. */
    public String hex() {
        return "0x" + Integer.toHexString(bits);
    }

    /** {@code CRUD-PSCR--XP-}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int bit = 2 * PATH - 1; bit >= 0; bit--) {
            text.append((bits >> bit & 1) == 0 ? '-' : LETTERS.charAt(PATH - 1 - bit % PATH));
        }
        return text.toString();
    }
}
