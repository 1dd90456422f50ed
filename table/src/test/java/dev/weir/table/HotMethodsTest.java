package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.match.ExactTable;
import dev.weir.table.match.LpmTable;
import dev.weir.table.match.TernaryTable;
import dev.weir.table.parts.HashIndex;
import dev.weir.table.parts.KeyHash;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a hit calls must be inlined into its loop. C2 inlines a hot method only below so many bytes of bytecode
 * (HotSpot's FreqInlineSize), and one that grows past them costs every packet a call, which no other test would notice.
 */
class HotMethodsTest {
    private static final int FREQ_INLINE_SIZE = 325;

    static Stream<Arguments> hotMethods() {
        return Stream.of(
                hot(PacketPath.class, "track", "touchBuckets", "guess", "touchFlows", "line", "hits"),
                hot(PacketPath.class, "one", "find", "hit", "begins", "next", "change"),
                hot(FlowStore.class, "at", "matches", "matchesRest", "count", "countSmall", "find"),
                hot(FlowStore.class, "lastAt", "stateAt", "lifetimeAndStateAt", "deadline", "deadlineAt"),
                hot(HashIndex.class, "candidate", "touch", "home", "fits", "zeros", "seemsToFit", "entry", "search"),
                hot(FlowVector.class, "at", "account", "key4", "key6", "meta", "ipBytes", "frameBytes"),
                hot(KeyHash.class, "hash", "fold"),
                hot(KeyExtractor.class, "touch", "octet", "meta"), // fast is a loop of its own
                hot(TcpState.class, "next"),
                hot(ExactTable.class, "match", "hash", "guess", "read", "verify"),
                hot(LpmTable.class, "match"),
                hot(TernaryTable.class, "match", "search", "head", "inBounds", "isInBounds"));
    }

    private static Arguments hot(Class<?> owner, String... methods) {
        return Arguments.of(owner, List.of(methods));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("hotMethods")
    void hotMethods_asCompiled_areSmallEnoughToInline(Class<?> owner, List<String> names) {
        ClassModel compiled = read(owner);
        for (String name : names) {
            assertThat(compiled.methods())
                    .as("%s.%s", owner.getSimpleName(), name)
                    .filteredOn(method -> method.methodName().equalsString(name))
                    .isNotEmpty()
                    .allSatisfy(
                            method -> assertThat(((CodeAttribute) method.code().orElseThrow()).codeLength())
                                    .isLessThan(FREQ_INLINE_SIZE));
        }
    }

    private static ClassModel read(Class<?> owner) {
        try (InputStream in = owner.getResourceAsStream(owner.getSimpleName() + ".class")) {
            assertThat(in).as(owner.getName()).isNotNull();
            return ClassFile.of().parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
