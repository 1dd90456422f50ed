#!/usr/bin/env python3
"""Features of flows, computed another way: from docs/features.md alone, packet lists kept, fractions exact.

    features.py CAPTURE FLOWS.csv [--idle SECONDS] [--active SECONDS] [--first-packets N]
    features.py --each      reads such arguments, a line each, and answers each with what it prints and an empty line

compares every feature of every record of FLOWS.csv with what the packets of CAPTURE say. The file was written by

    weir track --no-tcp-close --idle-timeout never|SECONDS [--active-timeout SECONDS] --features ... CAPTURE -w FLOWS.csv

A whole number has to agree, another one to one unit of its last digit. Prints what differs, then a line of counts.
Exit status: 0 all agree; 1 something differs; 3 a link type that is not read here.
"""
import csv
import struct
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
FLAGS = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"]
FOREVER = 1 << 80


# ---- captures ----------------------------------------------------------------------------------------------------

def pcap(data):
    magic = data[:4]
    order = "<" if magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    unit = 1 if magic in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 1000
    link = struct.unpack(order + "I", data[20:24])[0] & 0x0FFFFFFF
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, length = struct.unpack(order + "IIII", data[at:at + 16])
        if at + 16 + captured > len(data):
            return
        yield seconds * 10**9 + fraction * unit, link, data[at + 16:at + 16 + captured], max(length, captured)
        at += 16 + captured


def pcapng(data):
    at, interfaces, order = 0, [], "<"
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, size = struct.unpack(order + "II", data[at:at + 8])
        if size < 12 or at + size > len(data):
            return
        body = data[at + 8:at + size - 4]
        if kind == 1:
            link, snap = struct.unpack(order + "HxxI", body[:8])
            options, resolution, offset = 8, Fraction(1000), 0
            while options + 4 <= len(body):
                code, length = struct.unpack(order + "HH", body[options:options + 4])
                value = body[options + 4:options + 4 + length]
                if code == 0:
                    break
                if code == 9 and length == 1:
                    base = 2 if value[0] & 0x80 else 10
                    resolution = Fraction(10**9, base ** (value[0] & 0x7F))
                if code == 14 and length == 8:
                    offset = struct.unpack(order + "q", value)[0]
                options += 4 + (length + 3 & ~3)
            interfaces.append((link, snap, resolution, offset))
        elif kind == 6:
            port, high, low, captured, length = struct.unpack(order + "IIIII", body[:20])
            link, _, resolution, offset = interfaces[port]
            time = int((high << 32 | low) * resolution) + offset * 10**9
            yield time, link, body[20:20 + captured], max(length, captured)
        elif kind == 3:
            raise SystemExit(3)
        at += size


def packets(path):
    data = open(path, "rb").read()
    return pcapng(data) if data[:4] == b"\x0a\x0d\x0d\x0a" else pcap(data)


# ---- headers -----------------------------------------------------------------------------------------------------

def u16(b, at):
    return b[at] << 8 | b[at + 1]


def u32(b, at):
    return u16(b, at) << 16 | u16(b, at + 2)


class Short(Exception):
    """Something is not there, or is not IP: the packet has no flow."""


def need(b, at, count):
    if at < 0 or at + count > len(b):
        raise Short()


def to_ip(link, b, length):
    """Where IP begins, and where the frame ends."""
    at, end = 0, length
    if link == 1:
        need(b, 0, 14)
        kind, at = u16(b, 12), 14
    elif link in (12, 14, 101, 228, 229):
        kind, at = None, 0
    elif link in (0, 108):
        need(b, 0, 4)
        kind, at = None, 4
        if b[0:4] not in (b"\0\0\0\2", b"\2\0\0\0") and max(b[0:4]) not in (10, 24, 28, 30):
            raise Short()
    elif link == 113:
        need(b, 0, 16)
        kind, at = u16(b, 14), 16
    elif link == 276:
        need(b, 0, 20)
        kind, at = u16(b, 0), 20
    elif link in (9, 50):
        need(b, 0, 2)
        if b[0] in (0x0F, 0x8F):
            need(b, 0, 4)
            kind, at = u16(b, 2), 4
        else:
            kind, at = "ppp", 2 if b[0] == 0xFF else 0
    elif link == 104:
        need(b, 0, 4)
        kind, at = u16(b, 2), 4
    else:
        raise SystemExit(3)
    while True:
        if kind is None:
            need(b, at, 1)
            kind = {4: 0x0800, 6: 0x86DD}.get(b[at] >> 4)
            if kind is None:
                raise Short()
        if kind in (0x0800, 0x86DD):
            return kind, at, end
        if kind in (0x8100, 0x88A8, 0x9100):
            need(b, at, 4)
            kind, at = u16(b, at + 2), at + 4
        elif kind in (0x8847, 0x8848):
            while True:
                need(b, at, 4)
                at += 4
                if b[at - 2] & 1:
                    break
            kind = None
        elif kind == 0x8864:
            need(b, at, 6)
            if u16(b, at) == 0x1100 and u16(b, at + 4) <= end - at - 6:
                end = at + 6 + u16(b, at + 4)
            kind, at = "ppp", at + 6
            need(b, at, 1)
        elif kind == "ppp":
            need(b, at, 2)
            protocol, at = (b[at], at + 1) if b[at] & 1 else (u16(b, at), at + 2)
            kind = {0x21: 0x0800, 0x57: 0x86DD, 0x281: 0x8847, 0x283: 0x8847}.get(protocol)
            if kind is None:
                raise Short()
        elif isinstance(kind, int) and kind <= 1500:
            if link in (1,) or kind > 4:
                end = min(end, at + kind)
            need(b, at, 3)
            if b[at:at + 3] == b"\x06\x06\x03":
                kind, at = 0x0800, at + 3
            elif b[at:at + 3] == b"\xaa\xaa\x03":
                need(b, at, 8)
                if b[at + 3:at + 6] not in (b"\0\0\0", b"\0\0\xf8"):
                    raise Short()
                kind, at = u16(b, at + 6), at + 8
            else:
                raise Short()
        else:
            raise Short()


class Packet:
    pass


def parse(link, b, length):
    """A packet with its key and what is measured of it; Short where it is not IP."""
    p = Packet()
    kind, network, end = to_ip(link, b, length)
    p.payload, p.header, p.window, p.flags, p.ports = 0, 0, None, None, (0, 0)
    p.fragment, p.first_fragment = None, False
    wire = end - network
    if kind == 0x0800:
        need(b[:end], network, 20)
        ihl = (b[network] & 15) * 4
        total = u16(b, network + 2)
        if b[network] >> 4 != 4 or ihl < 20:
            raise Short()
        if total < ihl and total != 0:
            raise Short()
        p.size = total if ihl <= total <= wire else wire
        p.protocol = b[network + 9]
        p.source, p.destination = b[network + 12:network + 16], b[network + 16:network + 20]
        transport = network + ihl
        field = u16(b, network + 6)
        if field & 0x3FFF:
            p.fragment = (p.source, p.destination, p.protocol, u16(b, network + 4))
            p.first_fragment = field & 0x1FFF == 0
    else:
        need(b[:end], network, 40)
        if b[network] >> 4 != 6:
            raise Short()
        p.size = min(40 + u16(b, network + 4), wire)
        if u16(b, network + 4) == 0 and wire > 40 + 0xFFFF:
            p.size = wire
        p.source, p.destination = b[network + 8:network + 24], b[network + 24:network + 40]
        transport, following, done = network + 40, b[network + 6], False
        while following in (0, 43, 44, 51, 60, 135, 139, 140):
            if p.fragment and not p.first_fragment:
                break
            if transport + 8 > min(len(b), network + p.size):
                done = True
                break
            size = 8 if following == 44 else (b[transport + 1] + 2) * 4 if following == 51 else (b[transport + 1] + 1) * 8
            if transport + size > min(len(b), network + p.size):
                done = True
                break
            if following == 44 and u16(b, transport + 2) & 0xFFF9:
                p.fragment = (p.source, p.destination, 6, u32(b, transport + 4))
                p.first_fragment = u16(b, transport + 2) & 0xFFF8 == 0
            if b[transport] == 59 and following in (135, 139, 140):
                break
            following = b[transport]
            transport += size
        p.protocol = following
        if done:
            return p
    if p.fragment and not p.first_fragment:
        return p
    transport_header(p, b, transport, network + p.size)
    return p


def transport_header(p, b, at, end):
    wire, here = end - at, min(len(b), end) - at
    if here >= 4 and p.protocol in (6, 17, 132, 33, 136):
        p.ports = u16(b, at), u16(b, at + 2)
    if p.protocol in (1, 58) and here >= 6 and b[at] in ((0, 8) if p.protocol == 1 else (128, 129)):
        p.ports = u16(b, at + 4), u16(b, at + 4)
    header = {17: 8, 136: 8, 132: 12, 1: 8, 58: 8}.get(p.protocol)
    if p.protocol == 6 and here > 13:
        p.flags = b[at + 13]
        header = (b[at + 12] >> 4) * 4
        header = header if 20 <= header <= wire else None
        if header and here >= 16:
            p.window = u16(b, at + 14)
    if p.protocol == 33 and here > 4:
        header = b[at + 4] * 4
        header = header if header >= 12 else None
    if header and wire >= header and here > 0:
        p.header, p.payload = header, wire - header


# ---- flows -------------------------------------------------------------------------------------------------------

def flows(path, idle, active):
    """Lists of packets, by number of the flow and time of its first packet."""
    current, fragments, all_flows, clock = {}, {}, [], 0
    for number, (time, link, data, length) in enumerate(packets(path), 1):
        clock = max(clock, time)
        try:
            p = parse(link, data, length)
        except Short:
            continue
        p.time = clock
        if p.fragment and p.first_fragment:
            fragments[p.fragment] = (p.protocol, p.ports, clock)
        elif p.fragment:
            known = fragments.get(p.fragment)
            if known and clock - known[2] <= 60 * 10**9:
                p.protocol, p.ports = known[0], known[1]
        a, c = (p.source, p.ports[0]), (p.destination, p.ports[1])
        key = (p.protocol, min(a, c), max(a, c))
        flow = current.get(key)
        if flow and clock - flow["last"] >= idle:
            flow = None
        if not flow:
            turned = p.protocol == 6 and p.flags is not None and p.flags & 0x16 == 0x12
            flow = {"number": number, "from": c if turned else a, "packets": [], "begins": True}
            current[key] = flow
            all_flows.append(flow)
        elif clock - flow["packets"][0].time >= active:
            flow = {"number": flow["number"], "from": flow["from"], "packets": [], "begins": False}
            current[key] = flow
            all_flows.append(flow)
        p.back = a != flow["from"]
        flow["last"] = clock
        flow["packets"].append(p)
    return {(f["number"], f["packets"][0].time): f for f in all_flows}


# ---- features ----------------------------------------------------------------------------------------------------

def mean(values):
    return Fraction(sum(values), len(values)) if values else Fraction(0)


def variance(values):
    if len(values) < 2:
        return Fraction(0)
    middle = mean(values)
    return sum((v - middle) ** 2 for v in values) / (len(values) - 1)


def root(value):
    return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()


def gaps(list_of_packets):
    times = [p.time for p in list_of_packets]
    return [b - a for a, b in zip(times, times[1:])]


def scaled(value, by):
    return value / by if isinstance(value, Decimal) else Fraction(value) / by


def features(flow):
    every = flow["packets"]
    forward, back = [p for p in every if not p.back], [p for p in every if p.back]
    f = {}
    for name, some in (("bidirectional", every), ("src2dst", forward), ("dst2src", back)):
        sizes, times = [p.size for p in some], gaps(some)
        f[name + "_min_ps"], f[name + "_max_ps"] = min(sizes, default=0), max(sizes, default=0)
        f[name + "_mean_ps"], f[name + "_stddev_ps"] = mean(sizes), root(variance(sizes))
        f[name + "_min_piat_ms"] = scaled(min(times, default=0), 10**6)
        f[name + "_max_piat_ms"] = scaled(max(times, default=0), 10**6)
        f[name + "_mean_piat_ms"] = scaled(mean(times), 10**6)
        f[name + "_stddev_piat_ms"] = scaled(root(variance(times)), 10**6)
        for bit, flag in enumerate(FLAGS):
            f[f"{name}_{flag}_packets"] = sum(1 for p in some if p.flags is not None and p.flags >> bit & 1)
    for name, some in (("src2dst", forward), ("dst2src", back)):
        f[name + "_duration_ms"] = scaled(some[-1].time - some[0].time if some else 0, 10**6)
    for name, some in (("fwd_packet_length", forward), ("bwd_packet_length", back), ("packet_length", every)):
        lengths = [p.payload for p in some]
        f[name + "_max"], f[name + "_min"] = max(lengths, default=0), min(lengths, default=0)
        f[name + "_mean"], f[name + "_std"] = mean(lengths), root(variance(lengths))
    f["packet_length_variance"] = variance([p.payload for p in every])
    f["total_length_of_fwd_packet"] = sum(p.payload for p in forward)
    f["total_length_of_bwd_packet"] = sum(p.payload for p in back)
    f["fwd_act_data_pkts"] = sum(1 for p in forward if p.payload)
    f["fwd_header_length"], f["bwd_header_length"] = sum(p.header for p in forward), sum(p.header for p in back)
    f["fwd_seg_size_min"] = min((p.header for p in forward if p.header), default=0)
    f["fwd_init_win_bytes"] = next((p.window for p in forward if p.window is not None), 0)
    f["bwd_init_win_bytes"] = next((p.window for p in back if p.window is not None), 0)
    rates(f, every, forward, back)
    periods(f, every)
    bulks(f, every)
    parts = 1 + sum(1 for g in gaps(every) if g > 10**9)
    f["subflows"] = parts
    for name, some in (("fwd", forward), ("bwd", back)):
        f[f"subflow_{name}_packets"] = Fraction(len(some), parts)
        f[f"subflow_{name}_bytes"] = Fraction(sum(p.payload for p in some), parts)
    f["history"] = history(flow)
    f["splt_direction"] = [int(p.back) for p in every]
    f["splt_ps"] = [p.size for p in every]
    f["splt_piat_ms"] = [scaled(g, 10**6) for g in [0] + gaps(every)]
    return f


def rates(f, every, forward, back):
    span = every[-1].time - every[0].time
    for name, count in (("flow_bytes_s", sum(p.payload for p in every)), ("flow_packets_s", len(every)),
                        ("fwd_packets_s", len(forward)), ("bwd_packets_s", len(back))):
        f[name] = Fraction(count * 10**9, span) if span else Fraction(0)
    f["down_up_ratio"] = Fraction(len(back), len(forward)) if forward else Fraction(0)


def periods(f, every):
    runs, idle = [[every[0]]], []
    for before, p in zip(every, every[1:]):
        if p.time - before.time > 5 * 10**9:
            idle.append(p.time - before.time)
            runs.append([])
        runs[-1].append(p)
    for name, values in (("active", [r[-1].time - r[0].time for r in runs]), ("idle", idle)):
        f[name + "_mean"], f[name + "_std"] = scaled(mean(values), 1000), scaled(root(variance(values)), 1000)
        f[name + "_max"] = scaled(max(values, default=0), 1000)
        f[name + "_min"] = scaled(min(values, default=0), 1000)


def bulks(f, every):
    runs = []
    for p in every:
        if p.payload:
            if runs and runs[-1][-1].back == p.back and p.time - runs[-1][-1].time <= 10**9:
                runs[-1].append(p)
            else:
                runs.append([p])
    for name, back in (("fwd", False), ("bwd", True)):
        some = [r for r in runs if len(r) >= 4 and r[0].back == back]
        octets, nanos = sum(p.payload for r in some for p in r), sum(r[-1].time - r[0].time for r in some)
        f[name + "_bulks"] = len(some)
        f[name + "_bytes_bulk_avg"] = Fraction(octets, len(some)) if some else Fraction(0)
        f[name + "_packet_bulk_avg"] = Fraction(sum(map(len, some)), len(some)) if some else Fraction(0)
        f[name + "_bulk_rate_avg"] = Fraction(octets * 10**9, nanos) if nanos else Fraction(0)


def history(flow):
    text = "^" if flow["begins"] and flow["packets"][0].back else ""
    for p in flow["packets"]:
        letter = ""
        if p.flags is None:
            letter = "D" if p.payload else ""
        else:
            fin, syn, rst, ack = p.flags & 1, p.flags & 2, p.flags & 4, p.flags & 16
            several = bool(fin) + bool(syn) + bool(rst)
            if several > 1:
                letter = "I" if fin and rst else "Q"
            elif several:
                letter = ("H" if ack else "S") if syn else "F" if fin else "R"
            elif p.payload or ack:
                letter = "D" if p.payload else "A"
        letter = letter.lower() if p.back else letter
        text += "" if letter in text else letter
    return text


# ---- comparison --------------------------------------------------------------------------------------------------

def agrees(text, value, limit=None):
    if isinstance(value, str):
        return text == value
    if isinstance(value, list):
        parts = text.split(";") if text else []
        return len(parts) == min(limit, len(value)) and all(agrees(t, v) for t, v in zip(parts, value))
    if isinstance(value, int):
        return text == str(value)
    digits = len(text.partition(".")[2])
    exact = value if isinstance(value, Decimal) else Decimal(value.numerator) / Decimal(value.denominator)
    return abs(Decimal(text) - exact) <= Decimal(1).scaleb(-digits)


def nanos(text):
    """Of RFC 3339 in UTC."""
    import calendar
    import time
    whole, _, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int((fraction + "0" * 9)[:9])


def main(arguments):
    options = dict(zip(arguments[2::2], arguments[3::2]))
    limit = int(options.get("--first-packets", 10))
    idle = int(float(options["--idle"]) * 10**9) if "--idle" in options else FOREVER
    active = int(float(options["--active"]) * 10**9) if "--active" in options else FOREVER
    expected = flows(arguments[0], idle, active)
    differing, values, columns = 0, 0, []
    with open(arguments[1], newline="") as file:
        rows = csv.DictReader(file)
        columns = rows.fieldnames[rows.fieldnames.index("ctx_id") + 1:]
        records = 0
        for row in rows:
            records += 1
            name = int(row["flow_id"]), nanos(row["start_time"])
            flow = expected.pop(name, None)
            if flow is None:
                print(f"record {name}: no such flow")
                differing += 1
                continue
            exact = features(flow)
            for column in columns:
                values += 1
                if column not in exact:
                    print(f"column {column}: not known here")
                    return 1
                if not agrees(row[column], exact[column], limit):
                    differing += 1
                    if differing <= 20:
                        print(f"record {name} {column}: {row[column]}, here {exact[column]}")
    for name in expected:
        print(f"flow {name}: no record")
        differing += 1
    print(f"{records} records, {len(columns)} columns, {values} values, {differing} differ")
    return 1 if differing else 0


def each():
    for line in sys.stdin:
        try:
            main(line.rstrip("\n").split("\t"))
        except SystemExit as end:
            print(f"status {end.code}")
        print(flush=True)


if __name__ == "__main__":
    sys.exit(each() if sys.argv[1:] == ["--each"] else main(sys.argv[1:]))
