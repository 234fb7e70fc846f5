import Foundation
import Store
import Testing

@testable import Replay

@Suite("A catalog that was edited")
struct CatalogTests {
    @Test("a catalog that cannot be followed is refused before anything leaves the store")
    func refusedCatalog() throws {
        let market = try Market.simulated()
        let store = try market.store()
        try market.replay(store)
        let before = try StoreContent(store)
        let text = market.folder.contents("tape/streams.json")
        for (old, new, words) in [
            (#""lot_size" : 100"#, #""lot_size" : -1"#, "lot size -1"),
            (#""lot_size" : 100"#, #""lot_size" : 0"#, "lot size 0"),
            (#""lot_size" : 100"#, #""lot_size" : 5000000000"#, "lot size 5000000000"),
            (#""idx.trades" : {"#, #""idx.other" : {"#, "idx.trades"),
            (#""format" : 1"#, #""format" : 9"#, "format 9"),
            (#""market" : "idx","#, #""from" : "soon", "market" : "idx","#, "soon"),
        ] {
            try market.editCatalog(old, new)
            let error = #expect(throws: ReplayError.self) { try market.replay(store) }
            let line = error?.description ?? ""
            #expect(line.contains(words) && line.contains("tape/streams.json"), "\(line)")
            #expect(try StoreContent(store) == before)
            market.folder.write("tape/streams.json", text)
        }
        try FileManager.default.removeItem(atPath: market.folder.file("tape/streams.json"))
        #expect(throws: ReplayError.self) { try market.replay(store) }
        #expect(try StoreContent(store) == before)
        try store.close()
    }
}
