package dev.kindling.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void whatIsWrittenIsReadBack() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "quote \" slash \\ line\n tab\t nul\0 grün € 😀 \ud800 \u007f");
        value.put("numbers", Arrays.asList(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, 1.5, -2e300));
        value.put("words", Arrays.asList(true, false, null));
        value.put("empty", List.of(Map.of(), List.of(), ""));

        String json = Json.write(value);

        assertEquals(value, Json.parse(json));
        assertTrue(json.chars().allMatch(c -> c >= ' ' && c <= '~'), json);
    }

    @Test
    void spaceAndEscapesOfOthersAreRead() {
        assertEquals(
                Map.of("a", List.of(1L, "/\b\f\r\u00e4"), "b", 25.0),
                Json.parse(" { \"a\" : [ 1 , \"\\/\\b\\f\\r\\u00E4\" ] ,\n\"b\":2.5e1 } "));
    }

    @Test
    void whatIsNotJsonIsRefusedWithItsPlace() {
        for (String bad :
                List.of("", "{", "[1,]", "{\"a\"}", "\"open", "nul", "1 2", "\"\\x\"", "\"\\u12\"", "--1", "{a:1}")) {
            assertThrows(IllegalArgumentException.class, () -> Json.parse(bad), bad);
        }
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Json.parse("[1,?]"));
        assertEquals("not JSON: a value is missing at character 3", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Json.parse("[".repeat(100_000)));
    }
}
