package dev.weir.offload.model;

import java.util.List;

/**
 * A node of the header graph: where the parser takes headers from a packet.
 *
 * @param uid what field references call the instance
 * @param headers uids of the headers taken here
 */
public record HeaderNode(String name, long uid, List<Long> headers, List<Jump> jumps) {
    public HeaderNode {
        Name.check(name);
        U32.check("uid", uid);
        headers = List.copyOf(headers);
        for (long header : headers) U32.check("hdrs", header);
        jumps = List.copyOf(jumps);
    }
}
