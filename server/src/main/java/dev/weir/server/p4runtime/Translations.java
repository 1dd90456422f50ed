package dev.weir.server.p4runtime;

import dev.weir.api.p4.config.v1.P4NewTypeSpec;
import dev.weir.api.p4.config.v1.P4TypeInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The types of a program whose values are others for controllers (P4Runtime 1.5, section 18.3): how many bits the program has for them, and how they are written. Types whose URI ends with
 * {@code PortId_t} or {@code InterfaceId_t} are ports. Any thread.
 */
final class Translations {
    private final Map<String, Integer> widths;
    private final Map<String, ValueCodec> codecs = new HashMap<>();

    /**
     * @param widths of the program's own values, by the names of types
     * @param ports the names of ports by their numbers
     */
    Translations(P4TypeInfo types, Map<String, Integer> widths, Supplier<List<String>> ports) {
        this.widths = Map.copyOf(widths);
        types.getNewTypesMap().forEach((name, type) -> {
            if (isText(type)) codecs.put(name, codec(type.getTranslatedType().getUri(), ports));
        });
    }

    private static boolean isText(P4NewTypeSpec type) {
        return type.hasTranslatedType() && type.getTranslatedType().hasSdnString();
    }

    private static ValueCodec codec(String uri, Supplier<List<String>> ports) {
        return uri.endsWith("PortId_t") || uri.endsWith("InterfaceId_t") ? new PortTexts(ports) : new SdnStrings();
    }

    /** @param type its name; empty for one without */
    ValueCodec codec(String type) {
        return codecs.getOrDefault(type, ValueCodec.NUMBERS);
    }

    /** How many bits the program has for a type; {@code bits} for one that is not translated. */
    int width(String type, int bits) {
        return widths.getOrDefault(type, bits);
    }

    /** Goes on with the texts of the program before. */
    void inherit(Translations before) {
        codecs.forEach((name, codec) -> {
            if (codec instanceof SdnStrings own && before.codecs.get(name) instanceof SdnStrings theirs) {
                own.inherit(theirs);
            }
        });
    }
}
