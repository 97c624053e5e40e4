package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretPiecesTest {
    private final byte[] secret = new byte[32];
    private final SecretPieces pieces = new SecretPieces();

    SecretPiecesTest() {
        new Random(3).nextBytes(secret);
        byte[] told = Arrays.copyOf("some words of a file ".getBytes(StandardCharsets.US_ASCII), 60);
        System.arraycopy(secret, 0, told, 21, secret.length);
        pieces.add(told);
    }

    @Test
    void aPartOfASecretIsFoundInEitherForm() {
        byte[] part = Arrays.copyOfRange(secret, 7, 30);

        assertTrue(pieces.foundIn("key=" + HexFormat.of().formatHex(part)).isPresent());
        assertTrue(pieces.foundIn("KEY " + HexFormat.of().withUpperCase().formatHex(part) + ".")
                .isPresent());
        assertTrue(pieces.foundIn("key: " + Base64.getEncoder().encodeToString(part))
                .isPresent());
        assertTrue(pieces.foundIn("a" + Base64.getUrlEncoder().encodeToString(part) + "b")
                .isPresent());
    }

    @Test
    void otherTextIsNone() {
        String digest = HexFormat.of().formatHex(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14});

        assertEquals(Optional.empty(), pieces.foundIn("some words of a file, and " + digest));
    }
}
