package dev.weir.cli.ctl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The terminal of standard input as {@code termios(3)} has it: keys come one by one and are not echoed, until {@link #close} puts it
 * back as it was. Interrupt and quit keys go on to be signals; the suspend key is off, since a screen that is taken over could not
 * be given back in time. Linux, any architecture that has the generic numbers (x86-64, AArch64, RISC-V). Any thread.
 *
 * <pre>
 * struct termios: 0 c_iflag u32 | 4 c_oflag | 8 c_cflag | 12 c_lflag | 16 c_line u8 | 17 c_cc, an octet each
 * struct winsize: 0 rows u16 | 2 columns u16 | 4, 6 pixels
 * </pre>
 */
final class TerminalMode implements AutoCloseable {
    /** Of a screen. */
    record Size(int rows, int columns) {}

    private static final int IN = 0, OUT = 1;
    private static final int LOCAL_FLAGS = 12, CONTROL_CHARACTERS = 17, TERMIOS_SIZE = 64;
    private static final int ICANON = 2, ECHO = 8;
    private static final int VTIME = 5, VMIN = 6, VSUSP = 10;
    private static final int TCSANOW = 0;
    private static final long TIOCGWINSZ = 0x5413;
    private static final Size USUAL = new Size(24, 80);
    private static final int LEAST_ROWS = 5, LEAST_COLUMNS = 20;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle GET = function("tcgetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SET =
            function("tcsetattr", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle IOCTL = function(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));

    private final byte[] before;

    private TerminalMode(byte[] before) {
        this.before = before;
    }

    /** Has keys come one by one. Fails when standard input is no terminal. */
    static TerminalMode keys() throws IOException {
        byte[] before = new byte[TERMIOS_SIZE];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, 8);
            if ((int) GET.invokeExact(IN, termios) != 0) {
                throw new IOException("standard input: is no terminal; call it from one");
            }
            MemorySegment.copy(termios, JAVA_BYTE, 0, before, 0, TERMIOS_SIZE);
            termios.set(JAVA_INT, LOCAL_FLAGS, termios.get(JAVA_INT, LOCAL_FLAGS) & ~(ICANON | ECHO));
            termios.set(JAVA_BYTE, CONTROL_CHARACTERS + VMIN, (byte) 1);
            termios.set(JAVA_BYTE, CONTROL_CHARACTERS + VTIME, (byte) 0);
            termios.set(JAVA_BYTE, CONTROL_CHARACTERS + VSUSP, (byte) 0);
            if ((int) SET.invokeExact(IN, TCSANOW, termios) != 0) {
                throw new IOException("standard input: the terminal does not give single keys; try another one");
            }
            return new TerminalMode(before);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** How large the terminal of standard output is; 24 by 80 where it does not say. */
    static Size size() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment window = arena.allocate(8, 8);
            boolean said = (int) IOCTL.invokeExact(OUT, TIOCGWINSZ, window) == 0;
            int rows = window.get(JAVA_SHORT, 0) & 0xFFFF, columns = window.get(JAVA_SHORT, 2) & 0xFFFF;
            return said && rows >= LEAST_ROWS && columns >= LEAST_COLUMNS ? new Size(rows, columns) : USUAL;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment termios = arena.allocate(TERMIOS_SIZE, 8);
            MemorySegment.copy(before, 0, termios, JAVA_BYTE, 0, TERMIOS_SIZE);
            int _ = (int) SET.invokeExact(IN, TCSANOW, termios);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        MemorySegment address = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new IllegalStateException("libc has no function " + name));
        return LINKER.downcallHandle(address, type, options);
    }
}
