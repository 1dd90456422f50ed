package dev.weir.server.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again; what is damaged is refused, wherever it is. */
@Timeout(120)
class SnapshotTest {
    @TempDir
    Path folder = Path.of("");

    private Path file() {
        return folder.resolve("state");
    }

    /** What a visitor is told, as text. */
    private static final class Told implements SnapshotReader.Visitor {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void legend(FlowsLegend legend, FlowsLegend.Counted counted) {
            lines.add(legend + " " + counted);
        }

        @Override
        public void flow(int worker, FlowRecord record, MemorySegment aliases, long aliasAt, int aliasCount) {
            lines.add(worker + " " + record.key() + " " + record.forwardPackets() + " " + aliasCount);
        }
    }

    /** With a program's entries, members, groups, values and sessions, and one that was loaded, or with flows alone. */
    private byte[] written(boolean withProgram) throws Exception {
        if (!withProgram) {
            return written(2);
        }
        try (var rig = new SelectorRig(file(), 1)) {
            rig.fill();
            rig.loadSmall();
            assertThat(rig.rig.keeper.save().entries()).isEqualTo(6);
        }
        return Files.readAllBytes(file());
    }

    private byte[] written(int flows) throws IOException {
        try (var rig = new StateRig(file(), 1)) {
            rig.packets(flows, 1);
            assertThat(rig.keeper.save().flows()).isEqualTo(flows);
        }
        return Files.readAllBytes(file());
    }

    @Test
    void snapshot_isReadAsItWasWritten() throws IOException {
        written(3);
        var told = new Told();
        SnapshotReader.read(file(), told);
        assertThat(told.lines).hasSize(4);
        assertThat(told.lines.get(0)).contains("inside, outside", "name=nat", "BINDINGS=3");
        assertThat(told.lines.subList(1, 4))
                .allSatisfy(line -> assertThat(line)
                        .startsWith("0 FlowKey[source=/10.0.0.1, ")
                        .endsWith("destination=/192.0.2.1, destinationPort=53, protocol=17, tenant=0] 1 1"));
    }

    @ParameterizedTest(name = "with a program: {0}")
    @ValueSource(booleans = {false, true})
    void snapshot_cutAtAnyLength_isRefused(boolean withProgram) throws Exception {
        byte[] whole = written(withProgram);
        try (FileChannel cut = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            for (int length = whole.length - 1; length >= 0; length--) {
                cut.truncate(length);
                assertRefused(length, whole.length);
            }
        }
    }

    private void assertRefused(int octet, int of) throws IOException {
        try {
            SnapshotReader.read(file(), new Told());
        } catch (SnapshotException e) {
            return;
        }
        fail("octet %d of %d", octet, of);
    }

    @ParameterizedTest(name = "with a program: {0}")
    @ValueSource(booleans = {false, true})
    void snapshot_withAnyOctetChanged_isRefused(boolean withProgram) throws Exception {
        byte[] whole = written(withProgram);
        try (FileChannel changed = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            for (int i = 0; i < whole.length; i++) {
                for (int difference : withProgram ? new int[] {1 << i % 8} : new int[] {1, 0x80, 0xFF}) {
                    changed.write(ByteBuffer.wrap(new byte[] {(byte) (whole[i] ^ difference)}), i);
                    assertRefused(i, whole.length);
                }
                changed.write(ByteBuffer.wrap(whole, i, 1), i);
            }
        }
        assertThat(Files.readAllBytes(file())).isEqualTo(whole);
        SnapshotReader.read(file(), new Told());
    }

    @Test
    void snapshot_withSomethingBehind_isRefused() throws IOException {
        byte[] whole = written(1);
        Files.write(file(), Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> SnapshotReader.read(file(), new Told())).hasMessageContaining("behind its end");
    }

    @ParameterizedTest
    @CsvSource({"0, it is no snapshot of Weir", "40, it is damaged at octet 32"})
    void start_withDamagedSnapshot_keepsItAside_andIsEmpty(int octet, String why) throws IOException {
        byte[] whole = written(5);
        whole[octet] ^= 1;
        Files.write(file(), whole);
        try (var rig = new StateRig(file(), 1)) {
            assertThat(rig.flows()).isZero();
            assertThat(rig.told()).contains("state is not used: " + why).contains("kept as");
            assertThat(rig.keeper.status().restored().outcome()).isEqualTo("refused");
            rig.packets(2, 1);
            assertThat(rig.keeper.save().flows()).isEqualTo(2);
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> aside = files.filter(
                            path -> path.getFileName().toString().startsWith("state.refused-"))
                    .toList();
            assertThat(aside).hasSize(1);
            assertThat(Files.readAllBytes(aside.getFirst())).isEqualTo(whole);
        }
    }

    @ParameterizedTest(name = "{0} workers, then {1}, clean stop: {2}")
    @CsvSource({"1, 1, false", "1, 1, true", "2, 2, true", "2, 1, false", "1, 3, false"})
    void flows_areBack_afterARestart(int before, int after, boolean clean) throws IOException {
        try (var rig = new StateRig(file(), before)) {
            rig.packets(500, 10);
            rig.keeper.save();
            if (clean) {
                rig.packets(600, 11);
                rig.end();
                assertThat(rig.told()).contains("600 flows and 0 entries are in");
            }
        }
        int flows = clean ? 600 : 500;
        try (var rig = new StateRig(file(), after)) {
            assertThat(rig.flows()).isEqualTo(flows);
            StateStatus.Restored back = rig.keeper.status().restored();
            assertThat(back.flows()).isEqualTo(flows);
            assertThat(back.leftOut()).isEmpty();
            assertThat(back.forgotten()).isEmpty();
            rig.packets(flows, 12);
            assertThat(rig.flows()).as("no flow began anew").isEqualTo(flows);
        }
    }

    @Test
    void start_whileAnotherHasTheFile_isRefused() throws IOException {
        try (var rig = new StateRig(file(), 1)) {
            assertThat(rig.flows()).isZero();
            assertThatThrownBy(() -> new StateRig(file(), 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process has");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing/state", "."})
    void start_whereTheFileCannotBe_isRefused(String name) {
        assertThatThrownBy(() -> new StateRig(folder.resolve(name), 1))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("state.file: ");
    }

    @Test
    void snapshot_thatCannotBeWritten_isToldAndTheOneBeforeStays() throws IOException {
        byte[] before = written(3);
        try (var rig = new StateRig(file(), 1)) {
            Files.createDirectory(folder.resolve("state.new"));
            Files.createFile(folder.resolve("state.new").resolve("in-the-way"));
            assertThatThrownBy(rig.keeper::save).isInstanceOf(IOException.class);
            assertThat(rig.keeper.status().failed()).isEqualTo(1);
            assertThat(rig.told()).contains("no snapshot could be written");
            assertThat(Files.readAllBytes(file())).isEqualTo(before);
            Files.delete(folder.resolve("state.new").resolve("in-the-way"));
            Files.delete(folder.resolve("state.new"));
            assertThat(rig.keeper.save().flows()).isEqualTo(3);
            assertThat(rig.told()).contains("snapshots are written again");
        }
    }
}
