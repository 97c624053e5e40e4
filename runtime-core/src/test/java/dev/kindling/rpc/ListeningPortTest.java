package dev.kindling.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.util.PortRange;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ListeningPortTest {
    private static final ApplicationCredentials PLAIN = ApplicationCredentials.withoutCertificate();
    private static final ApplicationCredentials ENCRYPTED = ApplicationCredentials.withCertificate();

    private static String refusal(ListenAddress address, ApplicationCredentials credentials) {
        return assertThrows(
                        IOException.class,
                        () -> ListeningPort.bind(address, credentials).close())
                .getMessage();
    }

    private static ListenAddress at(String host, PortRange ports, String advertised) {
        return new ListenAddress(host, ports, advertised);
    }

    @Test
    void anAddressThatOthersReachNeedsACertificate() throws Exception {
        for (String host : new String[] {"0.0.0.0", "::", "192.0.2.1"}) {
            String refusal = refusal(at(host, PortRange.ANY, "localhost"), PLAIN);
            assertTrue(refusal.contains("would not be encrypted"), refusal);
        }
        ListeningPort.bind(at("0.0.0.0", PortRange.ANY, "localhost"), ENCRYPTED).close();
        ListeningPort.bind(ListenAddress.loopback(), PLAIN).close();
    }

    @Test
    void allAddressesAreNoneThatOthersCanConnectTo() {
        String refusal = refusal(at("0.0.0.0", PortRange.ANY, ""), ENCRYPTED);

        assertTrue(refusal.contains("nobody can connect to 0.0.0.0") && refusal.contains("127.0.0.1"), refusal);
    }

    @Test
    void theFirstFreePortOfARangeIsTakenAndAFullRangeIsSaid() throws Exception {
        try (ListeningPort first = ListeningPort.bind(ListenAddress.loopback(), PLAIN)) {
            PortRange taken = new PortRange(first.port(), first.port());
            PortRange more = new PortRange(first.port(), Math.min(65_535, first.port() + 100));

            String refusal = refusal(at("127.0.0.1", taken, ""), PLAIN);
            try (ListeningPort second = ListeningPort.bind(at("127.0.0.1", more, ""), PLAIN)) {
                assertNotEquals(first.port(), second.port());
                assertTrue(second.port() <= more.last());
            }

            assertTrue(refusal.contains("of its ports " + first.port() + " none is free"), refusal);
        }
    }

    @Test
    void anAddressOfAnotherMachineIsSaidWithThoseOfThisOne() {
        String refusal = refusal(at("192.0.2.1", PortRange.ANY, ""), ENCRYPTED);

        assertTrue(refusal.contains("192.0.2.1:0") && refusal.contains("this machine has "), refusal);
        assertTrue(refusal.contains("127.0.0.1"), refusal);
    }

    @Test
    void aNameThatNobodyKnowsIsSaid() {
        String refusal = refusal(at("no-such-host.invalid", PortRange.ANY, ""), ENCRYPTED);
        String advertised = refusal(at("127.0.0.1", PortRange.ANY, "no-such-host.invalid"), ENCRYPTED);

        assertTrue(refusal.contains("no address is known for the name no-such-host.invalid"), refusal);
        assertTrue(advertised.contains("no address is known for the name no-such-host.invalid"), advertised);
    }

    @Test
    void whatIsNotSaidIsTheAddressOfTheRouteToThePeer() throws Exception {
        ListenAddress nothingSaid = ListenAddress.towards("127.0.0.1", 1, "", PortRange.ANY, "");
        ListenAddress all = ListenAddress.towards("127.0.0.1", 1, "0.0.0.0", PortRange.ANY, "");
        ListenAddress said = ListenAddress.towards("no-such-host.invalid", 1, "127.0.0.2", PortRange.ANY, "");

        assertEquals(ListenAddress.loopback(), nothingSaid);
        assertEquals(at("0.0.0.0", PortRange.ANY, "127.0.0.1"), all);
        assertEquals(at("127.0.0.2", PortRange.ANY, "127.0.0.2"), said);
        assertThrows(
                IOException.class,
                () -> ListenAddress.towards("no-such-host.invalid", 1, "0.0.0.0", PortRange.ANY, ""));
    }

    @Test
    void aPeerElsewhereIsReachedFromAnAddressOfThisMachineOrFromNone() throws Exception {
        try {
            String route = LocalAddresses.routeTo("192.0.2.1", 7);
            assertTrue(LocalAddresses.all().contains(route), route);
            assertFalse(LocalAddresses.isAny(route), route);
        } catch (IOException e) {
            // A machine with the loopback only.
            assertTrue(e.getMessage().contains("has no route to 192.0.2.1:7"), e.getMessage());
        }
    }
}
