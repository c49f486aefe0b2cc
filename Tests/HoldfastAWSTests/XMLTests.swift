import HoldfastAWS
import Testing

@Suite("The XML that services answer with")
struct XMLTests {
    @Test("elements, text, entities and empty elements are read, attributes and namespaces are read over")
    func reading() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <s:List xmlns:s="http://s3.amazonaws.com/doc/" a='1'><!-- note -->
              <Name>a&amp;b&#x20;&#99;<![CDATA[<d>]]></Name><Empty/><Key>1</Key><Key>2</Key>
            </s:List>
            """
        let node = try XMLNode.parse(Array(text.utf8))
        #expect(node.name == "List")
        #expect(node.text("Name") == "a&b c<d>")
        #expect(node.text("Empty") == "")
        #expect(node.all("Key").map(\.text) == ["1", "2"])
        #expect(node.text("Missing") == nil)
    }

    @Test(
        "what is cut short, crossed, followed by more, or declares a document type is refused",
        arguments: [
            "", "<a>", "<a></b>", "<a/><b/>", "<a>&bomb;</a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a b></a>", "<a><!-- </a>",
            String(repeating: "<a>", count: 40),
        ])
    func refusal(text: String) {
        #expect(throws: XMLError.self) { try XMLNode.parse(Array(text.utf8)) }
    }
}
