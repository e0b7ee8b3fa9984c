package dev.tramontane.wire.image;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/// Which addresses are the open Internet's: all but those of the registries for special purposes
/// (IANA, RFC 6890), of this machine, its neighbours and its cloud.
final class PublicAddresses {
    /// The part of IPv6 that is given out to networks.
    private static final Block GLOBAL_UNICAST = Block.of(3, 0x20);

    private static final List<Block> SPECIAL_V6 =
            List.of(
                    Block.of(23, 0x20, 0x01, 0x00), // Teredo, benchmarks, ORCHID
                    Block.of(32, 0x20, 0x01, 0x0d, 0xb8), // documentation
                    Block.of(16, 0x20, 0x02), // 6to4, which holds an IPv4 address
                    Block.of(20, 0x3f, 0xff, 0x00)); // documentation

    private static final List<Block> SPECIAL_V4 =
            List.of(
                    Block.of(8, 0), // this network
                    Block.of(8, 10), // private
                    Block.of(10, 100, 64), // shared by carriers
                    Block.of(8, 127), // this machine
                    Block.of(16, 169, 254), // this link, and the metadata of clouds
                    Block.of(12, 172, 16), // private
                    Block.of(24, 192, 0, 0), // protocols
                    Block.of(24, 192, 0, 2), // documentation
                    Block.of(24, 192, 88, 99), // 6to4
                    Block.of(16, 192, 168), // private
                    Block.of(15, 198, 18), // benchmarks
                    Block.of(24, 198, 51, 100), // documentation
                    Block.of(24, 203, 0, 113), // documentation
                    Block.of(4, 224), // multicast
                    Block.of(4, 240)); // reserved, and everybody

    private PublicAddresses() {}

    /// @param bits of the prefix
    private record Block(int bits, int... prefix) {
        static Block of(int bits, int... prefix) {
            return new Block(bits, prefix);
        }

        boolean has(byte[] address) {
            for (int i = 0; i * 8 < bits; i++) {
                int mask = 0xff << Math.max(0, 8 - (bits - i * 8)) & 0xff;
                if ((address[i] & mask) != (prefix[i] & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /// IPv4 in IPv6 of any kind (mapped, compatible, NAT64) lies outside what is given out; the JDK
    /// makes IPv4 of the mapped kind itself.
    static boolean has(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address
                ? SPECIAL_V4.stream().noneMatch(block -> block.has(bytes))
                : GLOBAL_UNICAST.has(bytes)
                        && SPECIAL_V6.stream().noneMatch(block -> block.has(bytes));
    }
}
