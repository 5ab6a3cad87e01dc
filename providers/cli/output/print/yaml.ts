/** Documents as YAML that people like to review: one line per origin, cluster or match. */
import { Document, isMap, isSeq, visit } from 'yaml';

/** The document as YAML; lists of plain objects have one line per element. Parsing it gives the document again. */
export function yamlText(document: object, comment?: string): string {
  const written = new Document(document, { compat: 'yaml-1.1' });
  visit(written, {
    Seq: (_key, list) => {
      for (const item of list.items) if (isMap(item) || isSeq(item)) item.flow = true;
    },
  });
  if (comment !== undefined) written.commentBefore = ` ${comment}`;
  return written.toString({ lineWidth: 0, flowCollectionPadding: false });
}
