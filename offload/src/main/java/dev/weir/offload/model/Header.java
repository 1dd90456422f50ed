package dev.weir.offload.model;

import java.util.List;

/** A kind of header that a device knows, with its fields in order. */
public record Header(String name, long uid, List<Field> fields) {
    public Header {
        Name.check(name);
        U32.check("uid", uid);
        fields = List.copyOf(fields);
    }
}
