package io.roomcast.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryParametersTest {
    @Test
    void valuesArePercentEncodedAndTheFirstCounts() {
        QueryParameters query = new QueryParameters("user=%E6%97%A5+b%2B&user=bob&since=&%70resence");
        assertEquals("日 b+", query.get("user"));
        assertEquals("", query.get("since"));
        assertEquals(Set.of("user", "since", "presence"), query.names());
        assertEquals(Set.of(), new QueryParameters(null).names());
    }

    /** As in requests over plain HTTP. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "user=%ff",
                "user=%C3",
                "user=%E6%97",
                "user=%zz",
                "user=50%",
                "user=Grü",
                "日=1",
                "user=Gr\u00c3\u00bc"
            })
    void whatIsNotPercentEncodedUtf8IsRefused(String query) {
        ProtocolException refused = assertThrows(ProtocolException.class, () -> new QueryParameters(query));
        assertEquals(ErrorCode.BAD_REQUEST, refused.code());
        assertEquals("the query is not percent-encoded UTF-8", refused.getMessage());
    }
}
