// A checksum after a field has changed.

#ifndef EXAMPLES_CHECKSUM_P4
#define EXAMPLES_CHECKSUM_P4

// The checksum after one of the 16-bit words that it covers has changed (RFC 1624, equation 3).
bit<16> changed(in bit<16> checksum, in bit<16> was, in bit<16> now) {
    bit<32> sum = (bit<32>)(~checksum) + (bit<32>)(~was) + (bit<32>)now;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return ~sum[15:0];
}

#endif
