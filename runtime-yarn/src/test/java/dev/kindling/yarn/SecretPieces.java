package dev.kindling.yarn;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds bytes that look like chance, keys and passwords, in texts that have them as hexadecimal digits or in base 64, also
 * a part of them only.
 */
final class SecretPieces {
    private static final int BYTES = 12;
    /** Words and numbers have fewer different bytes, or are ASCII. */
    private static final int DIFFERENT_BYTES = 9;

    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{" + 2 * BYTES + ",}");
    private static final Pattern BASE_64 = Pattern.compile("[A-Za-z0-9+/_-]{" + (BYTES + 3) / 3 * 4 + ",}");

    private final Set<String> pieces = new HashSet<>();

    /** All pieces of these that look like chance. */
    void add(byte[] bytes) {
        for (int from = 0; from + BYTES <= bytes.length; from++) {
            if (isChance(bytes, from)) {
                pieces.add(HexFormat.of().formatHex(bytes, from, from + BYTES));
            }
        }
    }

    private static boolean isChance(byte[] bytes, int from) {
        Set<Byte> different = new HashSet<>();
        boolean isText = true;
        for (int i = from; i < from + BYTES; i++) {
            different.add(bytes[i]);
            isText &= bytes[i] >= ' ' && bytes[i] < 127;
        }
        return different.size() >= DIFFERENT_BYTES && !isText;
    }

    int count() {
        return pieces.size();
    }

    /** What of it stands there. */
    Optional<String> foundIn(String text) {
        for (Matcher run = HEX.matcher(text); run.find(); ) {
            String digits = run.group().toLowerCase(Locale.ROOT);
            for (int from = 0; from + 2 * BYTES <= digits.length(); from++) {
                if (pieces.contains(digits.substring(from, from + 2 * BYTES))) {
                    return Optional.of("..." + run.group());
                }
            }
        }
        for (Matcher run = BASE_64.matcher(text); run.find(); ) {
            for (int from = 0; from < 4; from++) {
                if (hasPiece(decoded(run.group().substring(from)))) {
                    return Optional.of("..." + run.group());
                }
            }
        }
        return Optional.empty();
    }

    private boolean hasPiece(byte[] bytes) {
        for (int from = 0; from + BYTES <= bytes.length; from++) {
            if (pieces.contains(HexFormat.of().formatHex(bytes, from, from + BYTES))) {
                return true;
            }
        }
        return false;
    }

    private static byte[] decoded(String digits) {
        String whole =
                digits.substring(0, digits.length() / 4 * 4).replace('-', '+').replace('_', '/');
        return Base64.getDecoder().decode(whole.getBytes(StandardCharsets.US_ASCII));
    }
}
