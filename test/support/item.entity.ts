import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A table of the application, beside ours. */
@Entity('shop_item')
export class Item {
  @PrimaryColumn({ type: 'int' })
  id: number;

  @Column({ type: 'int' })
  stock: number;
}
