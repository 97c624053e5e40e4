package dev.kindling.util;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A text that nobody shall see who does not need it: a token, a nonce. It has no text form, so it appears in no log, event,
 * error or story whatever holds it, and it is compared in a time that does not depend on how much of it is right.
 * Immutable.
 */
public final class Secret {
    private static final int RANDOM_BYTES = 16;

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    public static Secret of(String text) {
        return new Secret(text);
    }

    /** 128 random bits, as 32 hexadecimal digits. */
    public static Secret random() {
        byte[] bits = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bits);
        return new Secret(HexFormat.of().formatHex(bits));
    }

    /** For the one who sends or checks it. */
    public String reveal() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(utf8(), that.utf8());
    }

    private byte[] utf8() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The same for all: a hash would tell some of it. */
    @Override
    public int hashCode() {
        return 1;
    }

    /** The same for all. */
    @Override
    public String toString() {
        return "***";
    }
}
