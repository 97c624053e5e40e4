package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.security.Credentials;
import org.junit.jupiter.api.Test;

class DriverOrderTest {
    private final DriverOrder order = new DriverOrder(
            List.of("submit", "--conf", "kindling.x=\u20ac", ""),
            new TreeMap<>(Map.of("aws.secretAccessKey", "canary of a key", "aws.region", "")),
            new ContainerFiles(Map.of(), List.of("a.jar", "b.jar")));

    private byte[] bytes() throws IOException {
        Credentials credentials = new Credentials();
        order.addTo(credentials);
        return credentials.getSecretKey(DriverOrder.NAME);
    }

    @Test
    void isReadAsItWasWritten() throws IOException {
        assertEquals(order, DriverOrder.read(bytes()));
    }

    @Test
    void isRefusedWhenItIsCutOff() throws IOException {
        byte[] bytes = bytes();
        byte[] front = Arrays.copyOf(bytes, bytes.length - 1);

        assertThrows(IOException.class, () -> DriverOrder.read(front));
        assertThrows(IOException.class, () -> DriverOrder.read(new byte[] {-1, -1, -1, -1}));
    }

    @Test
    void itsTextTellsNothingOfWhatItHolds() {
        assertFalse(order.toString().contains("canary"), order::toString);
        assertFalse(order.toString().contains("kindling.x"), order::toString);
    }
}
