package dev.weir.offload.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.weir.offload.RandomDocuments;
import dev.weir.offload.Samples;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentsTest {
    @Test
    void flows_areReadAndWrittenKeyByKey() throws JsonFormatException {
        String text = """
                {"flows":[{"flow":{"table":0,"uid":0,"priority":0,
                  "matches":[{"field_ref":{"instance":0,"header":1,"field":2,"mask_type":3,"type":4,
                    "value":[0,0,1,32,217,236,245,6],"mask":[0,0,255,255,255,255,255,255]}}],
                  "actions":[{"action":{"name":"output","uid":1,"signature":[
                    {"action_arg":{"name":"port","type":4,"value":[0,0,0,0,0,0,0,2]}}]}}]}}]}
                """;
        Document.Flows flows = (Document.Flows) JsonDocuments.read(text);
        Flow flow = flows.items().getFirst();
        assertThat(flow.matches()).hasSize(1);
        FieldRef match = flow.matchList().getFirst();
        assertThat(match.maskType()).isEqualTo(MaskType.MASK);
        assertThat(match.value()).isEqualTo(Samples.u64(0x0120_d9ec_f506L));
        assertThat(match.mask()).isEqualTo(Samples.u64(0xffff_ffff_ffffL));
        assertThat(flow.actionList().getFirst().arguments().getFirst().value()).isEqualTo(Samples.u64(2));
        assertThat(JsonParser.parseString(JsonDocuments.write(flows))).isEqualTo(JsonParser.parseString(text));
    }

    @Test
    void write_ofATableGraph_isThatText() {
        Document graph = new Document.TableGraph(Samples.tableGraph().subList(0, 1));
        assertThat(JsonDocuments.write(graph)).isEqualTo("""
                        {
                          "table_graph": [
                            {
                              "table_graph_node": {
                                "uid": 1,
                                "flags": 2,
                                "jump": [
                                  {
                                    "jump_entry": [
                                      {
                                        "next_node": 2
                                      },
                                      {
                                        "instance": 0
                                      },
                                      {
                                        "header": 0
                                      },
                                      {
                                        "field": 0
                                      },
                                      {
                                        "mask_type": 0
                                      },
                                      {
                                        "type": 0
                                      }
                                    ]
                                  }
                                ]
                              }
                            }
                          ]
                        }
                        """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"next_node\":4294967295},{\"instance\":0},{\"header\":1},{\"field\":3},{\"mask_type\":0},{\"type\":2},{\"value\":[8,0]},{\"mask\":[0,0]}]",
                "{\"next_node\":4294967295,\"instance\":0,\"header\":1,\"field\":3,\"mask_type\":0,\"type\":2,\"value\":[8,0],\"mask\":[0,0]}"
            })
    void jumpEntry_isReadAsListAndAsObject(String entry) throws JsonFormatException {
        String text = "{\"table_graph\":[{\"table_graph_node\":{\"uid\":1,\"flags\":0,\"jump\":[{\"jump_entry\":"
                + entry + "}]}}]}";
        Document.TableGraph graph = (Document.TableGraph) JsonDocuments.read(text);
        Jump jump = graph.items().getFirst().jumps().getFirst();
        assertThat(jump.ends()).isTrue();
        assertThat(jump.on().value()).isEqualTo(Samples.u16(0x0800));
        assertThat(jump.on().mask()).isEqualTo(Samples.u16(0));
    }

    @Test
    void everyDocumentOfTheSample_isReadAsItWasWritten() throws JsonFormatException {
        List<Document> documents = List.of(
                new Document.Headers(Samples.headers()),
                new Document.Actions(Samples.actions()),
                new Document.Tables(Samples.tables(9)),
                new Document.HeaderGraph(Samples.headerGraph()),
                new Document.TableGraph(Samples.tableGraph()),
                new Document.Flows(List.of(Samples.bridged(1), Samples.routed(2, 0x0a000000, 8))));
        for (Document document : documents) {
            assertThat(JsonDocuments.read(JsonDocuments.write(document))).isEqualTo(document);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyDocument_isReadAsItWasWritten(long seed) throws JsonFormatException {
        RandomDocuments documents = new RandomDocuments(seed);
        for (int i = 0; i < 1000; i++) {
            Document document = documents.next();
            String text = JsonDocuments.write(document);
            assertThat(JsonDocuments.read(text.getBytes(StandardCharsets.UTF_8)))
                    .as("seed %d, document %d", seed, i)
                    .isEqualTo(document);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {}                                          | $: is empty; give one of [tables, headers, actions, header_graph, table_graph, flows]
            []                                          | $: is a list; give an object
            ~~                                          | $: ends too early; close what is open
            {"flows":[]} 1                              | $: is no JSON; Use JsonReader.setStrictness
            {"flows":[],"tables":[]}                    | $.flows: is not alone; give one of the keys a document of its own
            {"flow":[]}                                 | $.flow: is no key of a document
            {"flows":null}                              | $.flows: is null; give a list
            {"flows":[{}]}                              | $.flows[0]: is empty; give the one key flow
            {"flows":[{"table":1}]}                     | $.flows[0].table: is another key; give the one key flow
            {"flows":[{"flow":{"table":1}}]}            | $.flows[0].flow: uid: is missing; give it
            {"flows":[{"flow":{"table":1,"table":1}}]}  | $.flows[0].flow.table: table: is there twice; give it once
            {"flows":[{"flow":{"tabel":1}}]}            | $.flows[0].flow.tabel: is no key here; give one of [error, table, uid
            {"flows":[{"flow":{"table":-1}}]}           | $.flows[0].flow.table: -1 is no whole number; give digits alone
            {"flows":[{"flow":{"table":1.0}}]}          | $.flows[0].flow.table: 1.0 is no whole number
            {"flows":[{"flow":{"table":4294967296}}]}   | $.flows[0].flow.table: 4294967296 is beyond 32 bits; give a smaller number
            {"flows":[{"flow":{"table":"1"}}]}          | $.flows[0].flow.table: is a text; give a number
            {"flows":[{"flow":{"table":007}}]}          | $.flows[0].flow.table: is no JSON
            {"flows":[{"flow":{"table":1,               | ends too early
            {"headers":[{"header":{"name":null}}]}      | $.headers[0].header.name: is null; give a text
            {"headers":[{"header":{"name":"a\\u0000","uid":1,"fields":[]}}]} | $.headers[0].header: name: has a zero character
            {"headers":[{"header":{"name":"\\ud800","uid":1,"fields":[]}}]}  | $.headers[0].header: name: has half of a surrogate pair
            {"headers":[{"header":{"name":'a'}}]}       | is no JSON
            """)
    void read_ofWhatIsNoDocument_namesPathReasonAndRemedy(String text, String message) {
        assertThatThrownBy(() -> JsonDocuments.read(text))
                .isInstanceOf(JsonFormatException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            0 | []                                   | value: has 0 octets
            4 | [0,0,1,32,217,236]                   | value: has 6 octets; give 1, 2, 4, 8 or 16
            2 | [1]                                  | value: has 1 octets, its type u16 has 2
            0 | [1]                                  | value: has 1 octets, its type none has 0
            6 | [1]                                  | type: 6 is no type of a value; give 0 to 5
            1 | [256]                                | value[0]: 256 is no octet; give 0 to 255
            1 | [-1]                                 | value[0]: -1 is no whole number
            5 | [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]   | is octet 17 of a value; give at most 16
            1 | {}                                   | value: is an object; give a list
            """)
    void read_ofAWrongValue_namesPathReasonAndRemedy(int type, String octets, String message) {
        String text =
                "{\"flows\":[{\"flow\":{\"table\":1,\"uid\":1,\"priority\":1,\"matches\":[{\"field_ref\":{\"instance\":1,\"header\":1,"
                        + "\"field\":1,\"mask_type\":1,\"type\":" + type + ",\"value\":" + octets + "}}]}}]}";
        assertThatThrownBy(() -> JsonDocuments.read(text))
                .isInstanceOf(JsonFormatException.class)
                .hasMessageStartingWith("$.flows[0].flow.matches[0].field_ref")
                .hasMessageContaining(message);
    }

    @Test
    void read_ofOctetsThatAreNoUtf8_saysSo() {
        assertThatThrownBy(() -> JsonDocuments.read(new byte[] {'{', (byte) 0xff, '}'}))
                .hasMessage("$: is not UTF-8; save the file in UTF-8");
    }
}
