package dev.kindling.yarn;

import dev.kindling.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a daemon of Hadoop tells on its web address without being asked who asks: its clock and its Java.
 *
 * @param clockAheadMs of this machine's clock, to a second and the time of the request; empty when it tells no time
 * @param java such as 17, or 1.8; empty when it does not tell
 */
record NodeProbe(OptionalLong clockAheadMs, String java) {
    private static final int TIMEOUT_MS = 3_000;
    private static final int MAX_BYTES = 1 << 20;

    /** @param address host and port */
    static NodeProbe of(String address) throws IOException {
        URI uri = URI.create("http://" + address + "/jmx?qry=java.lang:type=Runtime");
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        long beforeMs = System.currentTimeMillis();
        try {
            int status = connection.getResponseCode();
            long dateMs = connection.getDate();
            // Its date has no parts of a second.
            OptionalLong ahead = dateMs == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(dateMs + 500 - (beforeMs + System.currentTimeMillis()) / 2);
            if (status != HttpURLConnection.HTTP_OK) {
                return new NodeProbe(ahead, "");
            }
            try (InputStream in = connection.getInputStream()) {
                return new NodeProbe(ahead, javaIn(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8)));
            }
        } finally {
            connection.disconnect();
        }
    }

    private static String javaIn(String beans) {
        try {
            return Json.parse(beans) instanceof Map<?, ?> all
                            && all.get("beans") instanceof List<?> list
                            && !list.isEmpty()
                            && list.get(0) instanceof Map<?, ?> runtime
                            && runtime.get("SpecVersion") instanceof String version
                    ? version
                    : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    boolean isJavaTooOld() {
        return java.startsWith("1.") || java.matches("\\d+") && Integer.parseInt(java) < 17;
    }
}
