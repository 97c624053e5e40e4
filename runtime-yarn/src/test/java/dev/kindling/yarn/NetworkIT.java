package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.testcluster.YarnCluster;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An application on YARN whose driver listens where other machines reach it, and so do its executors. Needs Linux. */
class NetworkIT {
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final String SOCKET = "socket:[";
    private static final String LISTENS = "0A";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** An address of this machine that others reach, should it have one. */
    private static Optional<InetAddress> addressForOthers() throws IOException {
        return NetworkInterface.networkInterfaces()
                .filter(NetworkIT::isUp)
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp();
        } catch (SocketException e) {
            return false;
        }
    }

    /** Where a process of this machine listens, as the kernel says. */
    private static Set<InetSocketAddress> listenersOf(long pid) throws IOException {
        Set<String> sockets = new HashSet<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : open.toList()) {
                String target = targetOf(file);
                if (target.startsWith(SOCKET)) {
                    sockets.add(target.substring(SOCKET.length(), target.length() - 1));
                }
            }
        }
        Set<InetSocketAddress> listeners = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table))) {
                String[] words = line.strip().split("\\s+");
                if (words[3].equals(LISTENS) && sockets.contains(words[9])) {
                    listeners.add(addressIn(words[1]));
                }
            }
        }
        return listeners;
    }

    /** Empty for what has been closed meanwhile. */
    private static String targetOf(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** Such as 0100007F:1F90: each four bytes of the address are a number of this machine's order, the port is not. */
    private static InetSocketAddress addressIn(String text) throws IOException {
        int colon = text.indexOf(':');
        byte[] written = HEX.parseHex(text.substring(0, colon));
        byte[] address = new byte[written.length];
        for (int i = 0; i < written.length; i++) {
            address[i] = written[i / 4 * 4 + 3 - i % 4];
        }
        return new InetSocketAddress(
                InetAddress.getByAddress(address), Integer.parseInt(text.substring(colon + 1), 16));
    }

    /** Those of the driver, which is this process, and of its two executors. */
    private static List<InetSocketAddress> listenersOf(KindlingContext kindling) throws Exception {
        Set<Long> processes = new HashSet<>(TestJobs.processes(kindling, 2));
        processes.add(ProcessHandle.current().pid());
        List<InetSocketAddress> listeners = new ArrayList<>();
        for (long process : processes) {
            listenersOf(process).stream()
                    .filter(listener -> !listener.getAddress().isLoopbackAddress())
                    .forEach(listeners::add);
        }
        return listeners;
    }

    @Test
    void strangersGetNothingFromAnyListenerThatOthersReach() throws Exception {
        assumeTrue(Files.isDirectory(OPEN_FILES), "this system does not tell what a process has open");
        Optional<InetAddress> address = addressForOthers();
        assumeTrue(address.isPresent(), "this machine has no address but loopback");
        KindlingConf conf = new KindlingConf()
                .setAll(YarnCluster.shared().settings())
                .set("kindling.executor.memory", "128m")
                .set("kindling.executor.count", "2")
                .set("kindling.driver.bindAddress", address.get().getHostAddress());
        Stranger stranger = new Stranger();
        try (KindlingContext kindling = new KindlingContext("yarn", "network", conf)) {
            List<InetSocketAddress> listeners = listenersOf(kindling);

            assertEquals(3, listeners.size(), listeners::toString);
            for (InetSocketAddress listener : listeners) {
                assertEquals(address.get(), listener.getAddress());
                assertTrue(stranger.isSentAwayInTheClear(listener), listener::toString);
                assertTrue(stranger.isRefusedByTls(listener, "TLSv1.2"), listener::toString);
                assertTrue(stranger.isRefusedByTls(listener, "TLSv1.3"), listener::toString);
            }
            // By who speaks TLS 1.3 only, and the one that the driver made for this application.
            assertTrue(stranger.shown().size() >= 3, stranger.shown()::toString);
            assertEquals(1, Set.copyOf(stranger.shown()).size(), stranger.shown()::toString);
            assertEquals("EC", stranger.shown().get(0).getPublicKey().getAlgorithm());
            assertEquals(3, TestJobs.counts(kindling).count());
        }
    }
}
