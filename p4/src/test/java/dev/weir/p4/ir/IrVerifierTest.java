package dev.weir.p4.ir;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row puts a text in the place of another's last occurrence in a program that has no fault, and says what is told. */
class IrVerifierTest {
    private static final String SOUND = """
            program sound
            header h_t {
                a 8
                b varbit 16
            }
            headers {
                h h_t
            }
            variables {
                x 16
                y 8
                one 1
            }
            direct counter seen packets
            register r[4] 8
            digest d(v 8)
            action A(p 8) {
                count seen
            }
            action B() {
                y = 8w0
            }
            table t {
                key "k" exact = y
                action A
                action B
                default B()
                entry (1) = A(2)
                direct seen
            }
            parser {
                state start {
                    extract h(32w8)
                    goto accept
                }
            }
            control {
                y = x[7:0]
            }
            deparser {
                emit h
            }
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            y = x[7:0]     | y = x                   | control: `y = x`: 8 bits are assigned 16
            y = x[7:0]     | y = x[16:9]             | control: `x[16:9]`: there are bits 15 to 0
            y = x[7:0]     | y = y + x               | control: `y + x`: operands have 8 and 16 bits
            y = x[7:0]     | y = 8w256               | control: 256 does not fit 8 bits
            y = x[7:0]     | x = zext8(x) ++ y       | control: `zext8(x)`: this is no extension
            y = x[7:0]     | y = x ? y : y           | control: `x ? y : y`: a condition has one bit
            y = x[7:0]     | y = one ? y : x         | control: `one ? y : x`: the choice is between 8 and 16 bits
            y = x[7:0]     | x = sum16(x, one)       | control: `sum16(x, one)`: only whole bytes are hashed
            y = x[7:0]     | if x { }                | control: `if x {`: a condition has one bit
            y = x[7:0]     | switch y { case 1 {} case 1 {} } | control: `switch y {`: case 1 is there twice
            y = x[7:0]     | leave b                 | control: `leave b`: no block around it has this label
            y = x[7:0]     | extract h(32w8)         | control: `extract h(32w8)`: this is for the parser
            y = x[7:0]     | apply u                 | control: `apply u`: there is no such table
            y = x[7:0]     | count seen              | control: `count seen`: what is direct is for actions
            y = x[7:0]     | y <- read r             | control: `y <- read r`: an index is given if and only if it is not direct
            y = x[7:0]     | x <- read r[y]          | control: `x <- read r[y]`: 16 bits are assigned 8
            y = x[7:0]     | y <- read c[y]          | control: `y <- read c[y]`: there is no such register
            y = x[7:0]     | notify d(x)             | control: `notify d(x)`: v has 8 bits
            y = x[7:0]     | forward x               | control: `forward x`: a port has 32 bits
            y = x[7:0]     | mark_flow y             | control: `mark_flow y`: a mark has one bit
            emit h         | mark_flow 1w1           | deparser: `mark_flow 1w1`: this is for control and actions
            emit h         | recall_flows            | deparser: `recall_flows`: this is for control and actions
            y = x[7:0]     | restart_timer           | control: `restart_timer`: this is for actions
            y = 8w0        | apply t                 | action B: `apply t`: an action cannot apply a table
            y = 8w0        | one <- add_entry A() profile 8w0 | action B: `one <- add_entry A() profile 8w0`: 1 values are needed
            default B()    | default A()             | table t: the arguments [] do not fit A
            default B()    | default C()             | table t: it does not list the action C
            action B       | action C                | table t: there is no action C
            entry (1)      | entry (_)               | table t: an entry matches the exact key k with Any[]
            entry (1)      | entry (256)             | table t: an entry matches the exact key k with Exactly[number=256]
            entry (1)      | entry ()                | table t: an entry has 0 matches for 1 keys
            direct seen    | direct r                | table t: there is nothing direct called r
            a 8            | a 7                     | h_t.b: a varbit begins and ends with a byte
            one 1          | x 8                     | x: declared twice
            goto accept    | goto away               | state start: there is no state away
            h(32w8)        | h                       | state start: `extract h`: a length is given if and only if the header has a varbit
            emit h         | drop                    | deparser: `drop`: this is for control and actions
            """)
    void program_withFault_isTold(String sound, String faulty, String message) {
        assertThat(IrVerifier.verify(IrReader.read(SOUND))).isEmpty();
        int at = SOUND.lastIndexOf(sound);
        String text = SOUND.substring(0, at) + faulty + SOUND.substring(at + sound.length());
        assertThat(IrVerifier.verify(IrReader.read(text))).contains(message);
    }
}
