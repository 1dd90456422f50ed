package dev.weir.server.p4runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.DigestEntry;
import dev.weir.api.p4.v1.DigestList;
import dev.weir.api.p4.v1.DigestListAck;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.P4Data;
import dev.weir.api.p4.v1.Update;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** P4Runtime 1.5, section 9.9. Time is in nanoseconds, and passes as it is told. */
final class DigestListsTest {
    private static final int ID = 0x17000001;
    private final DigestLists lists = new DigestLists();

    @BeforeEach
    void wanted() throws EntityFault {
        configure(Update.Type.INSERT, 100, 3, 1000);
    }

    private void configure(Update.Type type, long timeout, int size, long ack) throws EntityFault {
        lists.configure(Update.newBuilder()
                .setType(type)
                .setEntity(Entity.newBuilder()
                        .setDigestEntry(DigestEntry.newBuilder()
                                .setDigestId(ID)
                                .setConfig(DigestEntry.Config.newBuilder()
                                        .setMaxTimeoutNs(timeout)
                                        .setMaxListSize(size)
                                        .setAckTimeoutNs(ack))))
                .build());
    }

    private static P4Data data(int n) {
        return P4Data.newBuilder()
                .setBitstring(ByteString.copyFrom(new byte[] {(byte) n}))
                .build();
    }

    private void learn(long now, int... numbers) {
        for (int n : numbers) lists.add(ID, data(n), now);
    }

    /** What the lists hold that are due. */
    private List<List<Integer>> due(long now) {
        return lists.due(now, 7).stream().map(DigestListsTest::numbers).toList();
    }

    private static List<Integer> numbers(DigestList list) {
        return list.getDataList().stream()
                .map(each -> (int) each.getBitstring().byteAt(0))
                .toList();
    }

    @Test
    void list_thatIsFull_goesAtOnce() {
        learn(0, 1, 2);
        assertThat(due(50)).isEmpty();
        learn(50, 3, 4);
        assertThat(due(50)).containsExactly(List.of(1, 2, 3));
    }

    @Test
    void list_thatIsNotFull_goesWhenItsTimeHasCome() {
        learn(10, 1);
        assertThat(due(109)).isEmpty();
        assertThat(due(110)).containsExactly(List.of(1));
    }

    @Test
    void digest_thatIsKnown_goesUnsaidUntilItsListIsAcknowledged() throws EntityFault {
        learn(0, 1, 1);
        DigestList list = lists.due(100, 7).getFirst();
        learn(200, 1);
        assertThat(due(400)).isEmpty();

        lists.acknowledge(DigestListAck.newBuilder()
                .setDigestId(ID)
                .setListId(list.getListId())
                .build());
        learn(500, 1);
        assertThat(due(600)).containsExactly(List.of(1));
    }

    @Test
    void digest_withoutAcknowledgement_isSaidAgainAfterItsTime() {
        learn(0, 1);
        assertThat(due(100)).hasSize(1);
        learn(1000, 1);
        assertThat(due(1099)).isEmpty();
        assertThat(due(1100)).isEmpty();
        learn(1101, 1);
        assertThat(due(1201)).containsExactly(List.of(1));
    }

    @Test
    void digest_withoutTimeouts_goesEachTime() throws EntityFault {
        configure(Update.Type.MODIFY, 0, 0, 0);
        learn(0, 1);
        assertThat(due(0)).containsExactly(List.of(1));
        learn(1, 1);
        assertThat(due(1)).containsExactly(List.of(1));
    }

    @Test
    void configuring_followsTheStandard() throws EntityFault {
        assertThatThrownBy(() -> configure(Update.Type.INSERT, 1, 1, 1))
                .isInstanceOfSatisfying(
                        EntityFault.class, e -> assertThat(e.code()).isEqualTo(Code.ALREADY_EXISTS));
        assertThat(lists.read(0)).hasSize(1);
        configure(Update.Type.DELETE, 0, 0, 0);
        assertThat(lists.isWanted(ID)).isFalse();
        assertThatThrownBy(() -> configure(Update.Type.MODIFY, 1, 1, 1))
                .isInstanceOfSatisfying(
                        EntityFault.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    }

    @Test
    void digests_thatNobodyTakes_areBounded() throws EntityFault {
        configure(Update.Type.MODIFY, Long.MAX_VALUE, 0, 0);
        for (int n = 0; n < 3 * DigestLists.MOST; n++) {
            lists.add(ID, P4Data.newBuilder().setEnum("e" + n).build(), 0);
        }
        assertThat(lists.due(1, 7)).hasSize(1);
    }
}
