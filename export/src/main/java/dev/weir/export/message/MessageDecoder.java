package dev.weir.export.message;

/**
 * Reads messages of events of flows. One thread. What is there is checked: types, ranges, that nothing is missing or there twice. Fields
 * and keys that are not known are passed over, so that a later version may add some.
 */
public interface MessageDecoder {
    /** @throws MessageFault where and why the octets are no such message */
    FlowMessage decode(byte[] octets) throws MessageFault;
}
