package dev.weir.wire;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.packet.LinkType;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The filter compiler of the machine's libpcap, called through the Foreign Function and Memory API. */
final class Libpcap {
    private static final List<String> NAMES = List.of("libpcap.so.0.8", "libpcap.so.1", "libpcap.so");
    private static final int SNAP_LENGTH = 262_144, OPTIMIZE = 1, NETMASK_UNKNOWN = -1;
    private static final int PROGRAM_SIZE = 16, PROGRAM_CODE = 8, INSTRUCTION_SIZE = 8;
    private static final long MESSAGE_MAX = 4096, ERROR_SIZE = 256;

    private Libpcap() {}

    /** Looked for when the first expression is compiled, so that nobody else needs it. */
    private static final class Library {
        static final @Nullable SymbolLookup FOUND = find(NAMES);
    }

    private static final class Functions {
        static final MethodHandle OPEN_DEAD =
                function("pcap_open_dead", FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_INT));
        static final MethodHandle CREATE = function("pcap_create", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
        static final MethodHandle ACTIVATE = function("pcap_activate", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        static final MethodHandle COMPILE = function(
                "pcap_compile", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
        static final MethodHandle GET_ERROR = function("pcap_geterr", FunctionDescriptor.of(ADDRESS, ADDRESS));
        static final MethodHandle FREE_CODE = function("pcap_freecode", FunctionDescriptor.ofVoid(ADDRESS));
        static final MethodHandle CLOSE = function("pcap_close", FunctionDescriptor.ofVoid(ADDRESS));

        private static MethodHandle function(String name, FunctionDescriptor type) {
            return Linker.nativeLinker()
                    .downcallHandle(Objects.requireNonNull(Library.FOUND).findOrThrow(name), type);
        }
    }

    /** The first library that there is of these names, null without any. */
    static @Nullable SymbolLookup find(List<String> names) {
        for (String name : names) {
            try {
                return SymbolLookup.libraryLookup(name, Arena.global());
            } catch (IllegalArgumentException _) {
                // not under this name
            }
        }
        return null;
    }

    /** @throws CaptureException when the machine does not have the library */
    static void require(String what) throws CaptureException {
        if (Library.FOUND == null) {
            throw new CaptureException(
                    what,
                    -1,
                    -1,
                    "the libpcap library is not on this machine; install it (Debian: apt install libpcap0.8)");
        }
    }

    /** Compiles an expression for packets of a link type. */
    static List<BpfInstruction> compile(String expression, int linkType) throws CaptureException {
        return compile(expression, _ -> openDead(linkType));
    }

    /**
     * Compiles an expression for the kernel to apply to an interface. libpcap looks at the interface for what the kernel
     * there can do; where it may not, it compiles for the link type.
     */
    static List<BpfInstruction> compileFor(String expression, String interfaceName, int linkType)
            throws CaptureException {
        return compile(expression, arena -> {
            MemorySegment name = arena.allocateFrom(interfaceName);
            MemorySegment handle = (MemorySegment) Functions.CREATE.invokeExact(name, arena.allocate(ERROR_SIZE));
            if (handle.address() != 0) {
                if ((int) Functions.ACTIVATE.invokeExact(handle) >= 0) return handle;
                Functions.CLOSE.invokeExact(handle);
            }
            return openDead(linkType);
        });
    }

    /** Opens what an expression is compiled for. */
    private interface Opener {
        MemorySegment open(Arena arena) throws Throwable;
    }

    private static MemorySegment openDead(int linkType) throws Throwable {
        return (MemorySegment) Functions.OPEN_DEAD.invokeExact(dataLink(linkType), SNAP_LENGTH);
    }

    private static List<BpfInstruction> compile(String expression, Opener opener) throws CaptureException {
        String what = "filter '" + expression + "'";
        require(what);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = opener.open(arena);
            if (handle.address() == 0) throw new OutOfMemoryError("pcap_open_dead");
            try {
                return compile(arena, handle, what, expression);
            } finally {
                Functions.CLOSE.invokeExact(handle);
            }
        } catch (RuntimeException | Error | CaptureException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<BpfInstruction> compile(Arena arena, MemorySegment handle, String what, String expression)
            throws Throwable {
        MemorySegment program = arena.allocate(PROGRAM_SIZE, 8);
        MemorySegment text = arena.allocateFrom(expression);
        int status = (int) Functions.COMPILE.invokeExact(handle, program, text, OPTIMIZE, NETMASK_UNKNOWN);
        if (status < 0) {
            MemorySegment message = (MemorySegment) Functions.GET_ERROR.invokeExact(handle);
            throw new CaptureException(
                    what, -1, -1, message.reinterpret(MESSAGE_MAX).getString(0));
        }
        try {
            int count = program.get(JAVA_INT, 0);
            MemorySegment code = program.get(ADDRESS, PROGRAM_CODE).reinterpret((long) count * INSTRUCTION_SIZE);
            BpfInstruction[] instructions = new BpfInstruction[count];
            for (int i = 0; i < count; i++) instructions[i] = instruction(code, (long) i * INSTRUCTION_SIZE);
            return List.of(instructions);
        } finally {
            Functions.FREE_CODE.invokeExact(program);
        }
    }

    /** {@code struct bpf_insn}: 0 code, 2 jump if true, 3 jump if false, 4 constant. */
    private static BpfInstruction instruction(MemorySegment code, long at) {
        return new BpfInstruction(
                code.get(JAVA_SHORT, at) & 0xFFFF,
                code.get(JAVA_BYTE, at + 2) & 0xFF,
                code.get(JAVA_BYTE, at + 3) & 0xFF,
                code.get(JAVA_INT, at + 4));
    }

    /** libpcap's number, on Linux, for what files call a link type; the two agree but for old ones. */
    private static int dataLink(int linkType) {
        return switch (linkType) {
            case LinkType.RAW, LinkType.RAW_OPENBSD -> LinkType.RAW_BSD;
            case 100 -> 11; // ATM, RFC 1483
            case 102 -> 15; // SLIP, BSD/OS
            case 103 -> 16; // PPP, BSD/OS
            case 106 -> 19; // ATM, Classical IP
            default -> linkType;
        };
    }
}
